// OpenAI's API, as far as its SDKs need it here: models, and completions, whole or as events.
"use strict";

const { UNENDING, json, serve, wrong } = require("./front.cjs");

const WORDS = ["one", " two", " three", " four"];
const chunk = (delta, finish_reason = null) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "gpt-test",
  choices: [{ index: 0, delta, finish_reason }],
});
const event = (data) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

serve(["authorization", `Bearer ${process.env.STAND_IN_CREDENTIAL}`], ({ method, path, body }) => {
  if (method === "GET" && path === "/v1/models") {
    return json(200, { object: "list", data: [{ id: "gpt-test", object: "model", created: 1, owned_by: "us" }] });
  }
  if (method !== "POST" || path !== "/v1/chat/completions") return wrong(404, "nothing is made for that here");
  const { model, stream } = JSON.parse(body);
  if (!stream) {
    const message = { role: "assistant", content: WORDS.join(""), refusal: null };
    const choices = [{ index: 0, message, finish_reason: "stop", logprobs: null }];
    return json(200, { id: "chatcmpl-1", object: "chat.completion", created: 1, model, choices });
  }
  const spoken = WORDS.map((content) => event(chunk({ content })));
  const ending = [event(chunk({}, "stop")), event("[DONE]")];
  const parts = model === "gpt-unending" ? [spoken[0], UNENDING] : [...spoken, ...ending];
  return { status: 200, headers: { "content-type": "text/event-stream" }, body: parts };
});
