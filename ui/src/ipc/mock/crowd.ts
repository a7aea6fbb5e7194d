import { type Kept, type World, kept, limited, serviceRow, used } from "./seed";

const SERVICES = 20;
const TOKENS = 200;
const MINUTE = 60_000;
/** As long as a name may be. */
const LONG = "release-bot-of-the-infrastructure-team-for-the-eu-west-1-cluster";
const KINDS = [
  ["github", "github", "GitHub", "https://api.github.com", "octocat"],
  ["billing", "rest", "Any REST API", "https://billing.example.com/v2/accounts/of-the-whole-company", null],
  ["sandbox", "sandbox", "Sandbox", "http://127.0.0.1:46112", "the sandbox's owner"],
] as const;

/** Many services and tokens, some with names as long as they may be. */
export function crowd(now: number): Pick<World, "services" | "tokens"> {
  const services = Array.from({ length: SERVICES }, (_, index) => {
    const [name, kind, title, base, identity] = KINDS[index % KINDS.length] ?? KINDS[0];
    return serviceRow(index === 4 ? `${name}-of-the-department-for-accounting-and-invoices-in-europe` : `${name}-${index + 1}`, kind, title, base, identity);
  });
  const tokens = Array.from({ length: TOKENS }, (_, index): Kept => {
    const service = services[index % SERVICES]?.name ?? "";
    const grant = service.startsWith("github") ? `${service}:repository=acme/a-repository-whose-name-is-as-long-as-names-of-repositories-get:issues.read` : service.startsWith("sandbox") ? `${service}:namespace=web:Env.View` : `${service}:global:read`;
    return kept(index % 7 === 1 ? `${LONG.slice(0, 60)}-${index}` : `job-${index}`, index % 5 === 0 ? "Runs each night, and whenever somebody pushes to the main branch of one of the repositories that it looks after." : "", index % 17 === 0 ? { access: "full" } : limited(grant), now, {
      created: now - index * 60 * MINUTE,
      last_used: index % 3 === 0 ? null : used(now, index, "GET /repos/{owner}/{repo}/issues", "node", index),
    });
  });
  return { services, tokens };
}
