import { Octokit } from "octokit";

const octokit = new Octokit({ auth: process.env.GITHUB_TOKEN, baseUrl: process.env.GITHUB_API_URL });
const site = { owner: "octocat", repo: "Hello-World" };

const tasks = {
  me: async () => (await octokit.rest.users.getAuthenticated()).data.login,
  repository: async () => (await octokit.rest.repos.get(site)).data.full_name,
  issues: async () => (await octokit.rest.issues.listForRepo(site)).data.map((issue) => issue.number),
  pages: async () => (await octokit.paginate(octokit.rest.issues.listForRepo, { ...site, per_page: 1 })).length,
  members: async () => (await octokit.paginate(octokit.rest.orgs.listMembers, { org: "github", per_page: 1 })).length,
  renamed: async () => (await octokit.rest.issues.listForRepo({ ...site, repo: "Hello-Old" })).data.map((issue) => issue.number),
  issue: async () => (await octokit.rest.issues.create({ ...site, title: "Found a bug" })).data.number,
  contents: async () => (await octokit.rest.repos.getContent({ ...site, path: "docs/README.md" })).data.name,
  viewer: async () => (await octokit.graphql("query { viewer { login } }")).viewer.login,
};

try {
  console.log(JSON.stringify(await tasks[process.argv[2]]()));
} catch (error) {
  console.error(`${error.status} ${error.message}`);
  process.exitCode = 1;
}
