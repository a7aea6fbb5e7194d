import Anthropic from "@anthropic-ai/sdk";

const anthropic = new Anthropic();
const asked = { max_tokens: 16, messages: [{ role: "user", content: "Count." }] };

async function stream(model) {
  for await (const event of await anthropic.messages.create({ ...asked, model, stream: true })) {
    if (event.type === "content_block_delta") console.log(event.delta.text);
  }
  return "the end";
}

const tasks = {
  models: async () => (await anthropic.models.list()).data.map((model) => model.id),
  whole: async () => (await anthropic.messages.create({ ...asked, model: "claude-test" })).content[0].text,
  stream: () => stream("claude-test"),
  unending: () => stream("claude-unending"),
};

try {
  console.log(JSON.stringify(await tasks[process.argv[2]]()));
} catch (error) {
  console.error(`${error.status} ${error.message}`);
  process.exitCode = 1;
}
