// What every stand-in has: it takes the master credential and nothing else, and keeps what it was asked and what was wrong with it.
"use strict";

const http = require("node:http");

/** How a personal token begins, which must never get this far. */
const PERSONAL = "vkey_";

/** Stands at the end of a list of parts that has none. */
const UNENDING = (exports.UNENDING = Symbol("unending"));

/** For the test alone: what was asked, and what was wrong with it. */
const REPORT = "/stand-in";

/**
 * Listens on a free port, or on that in STAND_IN_PORT, and says where on standard error.
 *
 * `credential` is the header that has to come, as [name, value]. `answer(request)` gives `{status, headers, body}`, or such a reply
 * with a `complaint` where the service itself would not have understood. A body may be a list of parts, each sent by itself.
 */
exports.serve = (credential, answer) => {
  const asked = [];
  const complaints = [];
  const server = http.createServer(async (message, reply) => {
    if (message.url === REPORT) return send(reply, json(200, { asked, complaints }));
    const request = await read(message);
    asked.push(`${request.method} ${request.path}${request.query}`);
    const made = judge(credential, request) ?? (await answered(answer, request));
    if (made.complaint) complaints.push(`${request.method} ${message.url}: ${made.complaint}`);
    reply.on("close", () => reply.writableFinished || asked.push(`cut: ${request.method} ${request.path}`));
    send(reply, made);
  });
  server.listen(Number(process.env.STAND_IN_PORT ?? 0), "127.0.0.1", () => {
    process.stderr.write(`http://127.0.0.1:${server.address().port}\n`);
  });
};

/** What can't be answered is a complaint, and the test says so at its end. */
const answered = async (answer, request) => {
  try {
    return await answer(request);
  } catch (error) {
    return wrong(500, error.message);
  }
};

/** A reply with a JSON body. */
const json = (exports.json = (status, body, headers = {}) => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(body),
}));

/** A reply to what the service would not have understood. */
const wrong = (exports.wrong = (status, complaint) => ({ ...json(status, { message: complaint }), complaint }));

async function read(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const [path, ...query] = message.url.split("?");
  return {
    method: message.method,
    path,
    query: query.length === 0 ? "" : `?${query.join("?")}`,
    headers: message.headers,
    everything: `${message.url}\n${message.rawHeaders.join("\n")}`,
    body: Buffer.concat(chunks),
  };
}

function judge([name, value], request) {
  const { headers, everything, body } = request;
  if (headers[name] !== value) return wrong(401, `${name} is not the master credential`);
  const unsaid = ["authorization", "private-token", "x-api-key", "job-token"].filter((other) => other !== name);
  const second = unsaid.find((other) => headers[other] !== undefined);
  if (second) return wrong(401, `${second} came besides the master credential`);
  const basic = /^basic (.*)$/i.exec(headers.authorization ?? "");
  const hidden = basic ? Buffer.from(basic[1], "base64").toString() : "";
  return [everything, hidden, body.toString("latin1")].some((text) => text.includes(PERSONAL))
    ? wrong(401, "a personal token came through")
    : undefined;
}

async function send(reply, { status, headers, body }) {
  reply.writeHead(status, headers);
  if (!Array.isArray(body)) return reply.end(body);
  for (const part of body) {
    // What has no end is left open, until the other side closes it.
    if (part === UNENDING) return undefined;
    await new Promise((written) => reply.write(part, written));
  }
  return reply.end();
}
