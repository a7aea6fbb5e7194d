// A private registry: verdaccio, which wants the owner's token for everything. The token goes into a file, the packages stay there.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { runServer } = require("verdaccio");

const folder = process.argv[2];
const owners = { access: "owner", publish: "owner", unpublish: "owner" };
const config = {
  config_path: path.join(folder, "config.yaml"),
  storage: path.join(folder, "storage"),
  auth: { htpasswd: { file: path.join(folder, "htpasswd") } },
  uplinks: {},
  packages: { "@*/*": owners, "**": owners },
  log: { type: "stdout", format: "json", level: "fatal" },
};

runServer(config).then((registry) => {
  registry.listen(0, "127.0.0.1", async () => {
    const url = `http://127.0.0.1:${registry.address().port}`;
    const reply = await fetch(`${url}/-/user/org.couchdb.user:owner`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "owner", password: "the-password-of-the-owner" }),
    });
    fs.writeFileSync(path.join(folder, "token"), (await reply.json()).token);
    process.stderr.write(`${url}\n`);
  });
});
