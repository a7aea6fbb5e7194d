//! Clients as people run them, with a personal token where they take a password or a key.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[path = "../real/connected.rs"]
mod connected;
#[path = "../real/curl.rs"]
mod curl;
mod from_curl;
mod from_gh;
mod from_git;
mod from_git_lfs;
mod from_npm;
mod from_octokit;
mod from_pip;
mod from_pygithub;
mod from_python_gitlab;
mod from_sdks;
mod from_sentry_cli;
mod from_skopeo;
mod from_slack;
mod git_by_run;
mod over_https;
mod over_proxy;
mod own_network;
#[path = "../vk/program.rs"]
#[expect(dead_code, reason = "shared with other tests, which need more of it")]
mod program;
mod schema_of_github;
#[path = "../real/server.rs"]
mod server;
mod told_by_run;
mod tried;
