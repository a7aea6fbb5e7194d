// Sentry's web API, as far as sentry-cli needs it here.
"use strict";

const { json, serve, wrong } = require("./front.cjs");

const ORGANIZATION = {
  id: "1",
  slug: "acme",
  name: "Acme",
  dateCreated: "2026-01-01T00:00:00Z",
  isEarlyAdopter: false,
  require2FA: false,
  requireEmailVerification: false,
  features: [],
};
const PROJECT = { id: "2", slug: "site", name: "Site", team: null, teams: [] };

serve(["authorization", `Bearer ${process.env.STAND_IN_CREDENTIAL}`], ({ method, path, body }) => {
  switch (`${method} ${path}`) {
    // What Valet Key asks when the service is connected; without `auth` it is told no scopes.
    case "GET /api/0/":
      return json(200, { version: "0", user: null, auth: null });
    case "GET /api/0/organizations/":
      return json(200, [ORGANIZATION]);
    case "GET /api/0/organizations/acme/projects/":
      return json(200, [PROJECT]);
    case "POST /api/0/organizations/acme/releases/":
      return json(201, { version: JSON.parse(body).version, dateCreated: "2026-01-01T00:00:00Z", newGroups: 0, projects: [] });
    default:
      return wrong(404, "nothing is made for that here");
  }
});
