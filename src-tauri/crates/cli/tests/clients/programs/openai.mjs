import OpenAI from "openai";

const openai = new OpenAI();
const messages = [{ role: "user", content: "Count." }];

async function stream(model) {
  for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) {
    const said = chunk.choices[0].delta.content;
    if (said) console.log(said);
  }
  return "the end";
}

const tasks = {
  models: async () => (await openai.models.list()).data.map((model) => model.id),
  whole: async () => (await openai.chat.completions.create({ model: "gpt-test", messages })).choices[0].message.content,
  stream: () => stream("gpt-test"),
  unending: () => stream("gpt-unending"),
};

try {
  console.log(JSON.stringify(await tasks[process.argv[2]]()));
} catch (error) {
  console.error(`${error.status} ${error.message}`);
  process.exitCode = 1;
}
