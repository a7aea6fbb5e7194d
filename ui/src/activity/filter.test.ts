import { expect, test } from "vitest";

import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import { pathOf } from "./filter";

const at = (operation: string, context: string) => pathOf({ service: "up", operation, context } as ActivityRow);

test("a path is told where the record has all of it, and never guessed", () => {
  expect(at("GET /user", "")).toBe("/up/user");
  expect(at("GET /repos/{owner}/{repo}/issues", "repository=acme/site")).toBe("/up/repos/acme/site/issues");
  expect(at("GET /repos/{owner}/{repo}/issues", "repository=42 repository=acme/site")).toBe("/up/repos/acme/site/issues");
  expect(at("GET /projects/{id}/issues", "project=acme/site")).toBe("/up/projects/acme%2Fsite/issues");
  expect(at("GET /projects/{id}/issues/{iid}", "project=acme/site")).toBeUndefined();
  expect(at("GET /repos/{owner}/{repo}/issues/{number}", "repository=acme/site")).toBeUndefined();
  expect(at("GET /projects/{id}", "")).toBeUndefined();
  expect(at("unknown", "")).toBeUndefined();
});

test("what the body said is no part of the path", () => {
  expect(at("POST /graphql query repository", "repository=acme/site")).toBe("/up/graphql");
  expect(at("POST /{owner}/{repo}.git/info/lfs/objects/batch operation=upload", "repository=acme/site")).toBe("/up/acme/site.git/info/lfs/objects/batch");
});
