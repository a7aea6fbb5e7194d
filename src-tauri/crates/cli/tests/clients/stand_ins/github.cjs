// GitHub's REST and GraphQL APIs, as their own descriptions have them: a request that those do not know is a complaint, and what is
// answered are their own examples.
"use strict";

const fs = require("node:fs");
const { Description } = require("./description.cjs");
const { json, serve, wrong } = require("./front.cjs");
const { query } = require("./graphql.cjs");

const description = new Description(fs.readFileSync(require.resolve("@octokit/openapi/generated/api.github.com.json")));

serve(["authorization", `Bearer ${process.env.STAND_IN_CREDENTIAL}`], async (request) => {
  if (request.path === "/graphql") return graphql(request);
  const moved = /^\/repos\/octocat\/Hello-Old(\/.*)?$/.exec(request.path);
  if (moved) return { status: 301, headers: { location: `${own_url(request)}${REPOSITORY.number}${moved[1] ?? ""}` } };
  const found = description.find(request.method, by_name(request.path));
  if (!found) return wrong(404, "the description has no such operation");
  const complaint = description.complaint(found, request.query, request.headers, request.body);
  if (complaint) return wrong(422, complaint);
  const { status, body, paged } = description.example(found);
  if (body === undefined) return { status, headers: {} };
  // As an Enterprise Server writes its URLs: with its own name.
  // Its example of a file is not in the encoding that it names.
  if (body.encoding === "base64") body.content = Buffer.from("# Hello World").toString("base64");
  const own = JSON.parse(JSON.stringify(body).replaceAll("https://api.github.com/", `https://${request.headers.host}/`));
  return json(status, own, paged ? next(request) : {});
});

/** What the examples are of, by name as the description has it, and by number as the service's own links and redirects have it. */
const REPOSITORY = { name: /^\/repos\/octocat\/Hello-World(?=\/|$)/i, named: "/repos/octocat/Hello-World", number: "/repositories/1296269" };
const ORGANIZATION = { name: /^\/orgs\/github(?=\/|$)/i, named: "/orgs/github", number: "/organizations/1" };

const by_name = (path) => {
  const called = [REPOSITORY, ORGANIZATION].find(({ number }) => path === number || path.startsWith(`${number}/`));
  return called ? called.named + path.slice(called.number.length) : path;
};

const own_url = ({ headers }) => `${process.env.STAND_IN_SCHEME ?? "http"}://${headers.host}`;

/** The service names repositories and organizations by number in the links of a list, whatever the request called them. */
function next(request) {
  const wanted = new URLSearchParams(request.query);
  if (wanted.has("page")) return {};
  wanted.set("page", "2");
  const by_number = [REPOSITORY, ORGANIZATION].reduce((path, { name, number }) => path.replace(name, number), request.path);
  const url = `${own_url(request)}${by_number}?${wanted}`;
  return { link: `<${url}>; rel="next", <${url}>; rel="last"` };
}

async function graphql({ method, body }) {
  if (method !== "POST") return wrong(404, "GraphQL is asked by POST");
  const answer = await query(JSON.parse(body));
  return answer.errors ? { ...json(200, answer), complaint: answer.errors[0].message } : json(200, answer);
}
