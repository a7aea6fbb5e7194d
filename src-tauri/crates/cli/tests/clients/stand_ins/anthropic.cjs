// Anthropic's API, as far as its SDKs need it here: messages, whole or as named events.
"use strict";

const { UNENDING, json, serve, wrong } = require("./front.cjs");

const WORDS = ["one", " two", " three", " four"];
const event = (type, data = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

serve(["x-api-key", process.env.STAND_IN_CREDENTIAL], ({ method, path, headers, body }) => {
  if (method === "GET" && path === "/v1/models") {
    const data = [{ type: "model", id: "claude-test", display_name: "Test", created_at: "2026-01-01T00:00:00Z" }];
    return json(200, { data, has_more: false, first_id: "claude-test", last_id: "claude-test" });
  }
  if (method !== "POST" || path !== "/v1/messages") return wrong(404, "nothing is made for that here");
  if (headers["anthropic-version"] === undefined) return wrong(400, "anthropic-version is missing");
  const { model, stream } = JSON.parse(body);
  const usage = { input_tokens: 1, output_tokens: WORDS.length };
  const message = { id: "msg_1", type: "message", role: "assistant", model, stop_sequence: null, usage };
  if (!stream) {
    return json(200, { ...message, content: [{ type: "text", text: WORDS.join("") }], stop_reason: "end_turn" });
  }
  const spoken = WORDS.map((text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }));
  const parts = [
    event("message_start", { message: { ...message, content: [], stop_reason: null } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...(model === "claude-unending" ? [spoken[0], UNENDING] : spoken),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage }),
    event("message_stop"),
  ];
  return { status: 200, headers: { "content-type": "text/event-stream" }, body: parts };
});
