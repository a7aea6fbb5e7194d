//! Services as people run them, behind a real `vk serve`, asked by curl.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod authority;
#[path = "../real/connected.rs"]
mod connected;
#[path = "../real/curl.rs"]
#[expect(dead_code, reason = "shared with other tests, which need more of it")]
mod curl;
mod http2;
mod httpbin;
mod jupyter;
#[path = "../vk/program.rs"]
#[expect(dead_code, reason = "shared with other tests, which need more of it")]
mod program;
#[path = "../real/server.rs"]
mod server;
mod space;
mod tls;
