import { expect, test } from "vitest";

import { serviceRow } from "../../ipc/mock/seed";
import { asCurl, asHttpFile, asJavaScript, gatewayUrl } from "./asText";

const services = [{ ...serviceRow("github", "github", "GitHub", "https://api.github.com", null), tokens: [] }];

test("what was typed becomes a URL of the gateway", () => {
  expect(gatewayUrl("/github/user", "127.0.0.1:7000", services)).toBe("http://127.0.0.1:7000/github/user");
  expect(gatewayUrl("https://api.github.com/user?x=1", "127.0.0.1:7000", services)).toBe("http://127.0.0.1:7743/github/user?x=1");
  expect(gatewayUrl("http://github.localhost:7743/user", null, services)).toBe("http://github.localhost:7743/user");
});

test("a request is written for a terminal, an editor and a program, each with a placeholder for the token", () => {
  const url = "http://127.0.0.1:7743/github/it's";
  expect(asCurl("DELETE", url)).toBe(`curl --request DELETE --header "Authorization: Bearer $VALETKEY_TOKEN" 'http://127.0.0.1:7743/github/it'\\''s'`);
  expect(asHttpFile("GET", url)).toBe(`GET ${url}\nAuthorization: Bearer {{token}}\n`);
  expect(asJavaScript("POST", url)).toContain("process.env.VALETKEY_TOKEN");
});
