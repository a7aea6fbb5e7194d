// GitLab's REST API. It publishes no description that a registry has; its table of routes says what exists, and the answers are
// made here, in the form that its documentation gives them.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { json, serve, wrong } = require("./front.cjs");

const table = JSON.parse(fs.readFileSync(path.join(process.env.STAND_IN_SOURCES, "gitlab.json")));
const routes = [...table.endpoints.map(([, , method, template]) => [method, template]), ...table.open].map(
  ([method, template]) => ({ method, shape: new RegExp(`^${shape(template)}$`) }),
);

/** A route as Grape writes it: `:name`, `*rest`, and `(…)` around what may be absent. */
function shape(template) {
  return template
    .replaceAll(".", "\\.")
    .replace(/\(([^)]*)\)/g, "(?:$1)?")
    .replace(/\*\w+/g, ".+")
    .replace(/:\w+/g, "[^/]+");
}

const project = { id: 42, name: "site", path_with_namespace: "acme/site", default_branch: "main" };
const issue = { id: 7, iid: 1, project_id: 42, title: "Found a bug", state: "opened" };

/** By method and what stands behind the project, which has two names. */
const ANSWERS = {
  "GET ": () => json(200, project),
  "GET /issues": (request) => page(request, [issue, { ...issue, id: 8, iid: 2 }]),
  "POST /issues": ({ body }) => json(201, { ...issue, title: JSON.parse(body).title }),
  "GET /repository/files/docs%2FREADME.md": () =>
    json(200, { file_name: "README.md", file_path: "docs/README.md", encoding: "base64", content: "IyBTaXRl", ref: "main" }),
};

serve(["private-token", process.env.STAND_IN_CREDENTIAL], (request) => {
  const below = request.path.startsWith("/api/v4") ? request.path.slice("/api/v4".length) : undefined;
  if (!routes.some(({ method, shape }) => method === request.method && shape.test(below))) {
    return wrong(404, "the table has no such route");
  }
  if (below === "/user") return json(200, { id: 1, username: "owner" });
  if (below === "/personal_access_tokens/self") return json(200, { id: 1, scopes: ["api"], active: true, expires_at: null });
  const of_project = /^\/projects\/(?:42|acme%2Fsite)(.*)$/.exec(below);
  const answer = ANSWERS[`${request.method} ${of_project?.[1]}`];
  return answer ? answer(request) : wrong(404, "nothing is made for that route here");
});

/** One at a time, with links to the others as GitLab gives them. */
function page({ path, query, headers }, all) {
  const wanted = new URLSearchParams(query);
  const size = Number(wanted.get("per_page") ?? 20);
  const number = Number(wanted.get("page") ?? 1);
  const link = (to) => {
    wanted.set("page", to);
    return `<http://${headers.host}${path}?${wanted}>`;
  };
  const last = Math.ceil(all.length / size);
  const links = [`${link(1)}; rel="first"`, `${link(last)}; rel="last"`];
  if (number < last) links.unshift(`${link(number + 1)}; rel="next"`);
  return json(200, all.slice((number - 1) * size, number * size), { link: links.join(", ") });
}
