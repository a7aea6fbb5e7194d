// Slack's web API, as far as slack_sdk needs it here: methods that are always answered with 200, and a credential that is only taken from its header.
"use strict";

const { json, serve, wrong } = require("./front.cjs");

serve(["authorization", `Bearer ${process.env.STAND_IN_CREDENTIAL}`], ({ path, headers, body }) => {
  switch (path) {
    case "/api/auth.test":
      return json(200, { ok: true, user: "owner", team: "Acme" });
    case "/api/conversations.list":
      return json(200, { ok: true, channels: [{ id: "C1", name: "general" }], response_metadata: { next_cursor: "" } });
    case "/api/chat.postMessage": {
      const said = headers["content-type"].startsWith("application/json") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body.toString()));
      return json(200, { ok: true, channel: said.channel, ts: "1.1", message: { text: said.text } });
    }
    default:
      return wrong(404, "nothing is made for that here");
  }
});
