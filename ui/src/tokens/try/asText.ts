import type { ServiceRow } from "../../ipc/bindings/ServiceRow";

/** Where the gateway takes what was typed: `/<service>/…`, a URL of its own, or one of a service. */
export function gatewayUrl(typed: string, address: string | null, services: readonly ServiceRow[]): string {
  const own = services.find((row) => typed === row.base_url || typed.startsWith(`${row.base_url}/`));
  if (own !== undefined) {
    return own.gateway_url + typed.slice(own.base_url.length);
  }
  return typed.startsWith("/") ? `http://${address ?? "127.0.0.1:7743"}${typed}` : typed;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** For a terminal; the token comes from the environment, as `vk run` sets it. */
export function asCurl(method: string, url: string): string {
  const how = method === "GET" ? "" : method === "HEAD" ? " --head" : ` --request ${method}`;
  return `curl${how} --header "Authorization: Bearer $VALETKEY_TOKEN" ${quoted(url)}`;
}

/** For the HTTP clients of editors, which ask for what stands in braces. */
export function asHttpFile(method: string, url: string): string {
  return `${method} ${url}\nAuthorization: Bearer {{token}}\n`;
}

/** What the copied program calls; nothing here does. */
const CALL = "fetch";

/** For Node and its like. */
export function asJavaScript(method: string, url: string): string {
  return `const response = await ${CALL}(${JSON.stringify(url)}, {\n  method: ${JSON.stringify(method)},\n  headers: { Authorization: \`Bearer \${process.env.VALETKEY_TOKEN}\` },\n});\n`;
}
