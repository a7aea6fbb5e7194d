//! A reverse proxy as the documentation of hyper suggests it: a task a connection, a shared client with a pool. It
//! compares one token and swaps one header; it is not strict, decides nothing and records nothing.

use std::{convert::Infallible, io, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode, Uri,
    body::Incoming,
    header::{AUTHORIZATION, HeaderValue},
    http::uri::{Authority, PathAndQuery, Scheme},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::net::TcpListener;

use crate::{number, wrong};

type Body = BoxBody<Bytes, hyper::Error>;

struct Swap {
    expected: HeaderValue,
    credential: HeaderValue,
    client: Client<HttpConnector, Incoming>,
}

/// Until it is ended.
pub(crate) fn run(token: &str, credential: &str, pairs: &[&str]) -> io::Result<()> {
    let bearer = |secret: &str| HeaderValue::try_from(format!("Bearer {secret}")).map_err(io::Error::other);
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(usize::MAX).build(connector);
    let swap = Arc::new(Swap { expected: bearer(token)?, credential: bearer(credential)?, client });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut listeners = tokio::task::JoinSet::new();
        for pair in pairs {
            let (port, upstream) = pair.split_once(':').ok_or_else(|| wrong(pair))?;
            let listener = TcpListener::bind(("127.0.0.1", number(port)?)).await?;
            let upstream = Authority::try_from(format!("127.0.0.1:{upstream}")).map_err(io::Error::other)?;
            listeners.spawn(serve(listener, upstream, Arc::clone(&swap)));
        }
        listeners.join_all().await.into_iter().collect()
    })
}

async fn serve(listener: TcpListener, upstream: Authority, swap: Arc<Swap>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (upstream, swap) = (upstream.clone(), Arc::clone(&swap));
        let answer = service_fn(move |request| {
            let (upstream, swap) = (upstream.clone(), Arc::clone(&swap));
            async move { Ok::<_, Infallible>(forward(&swap, upstream, request).await) }
        });
        // A client that goes away is no concern of the others.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

async fn forward(swap: &Swap, upstream: Authority, mut request: Request<Incoming>) -> Response<Body> {
    if request.headers().get(AUTHORIZATION) != Some(&swap.expected) {
        return own(StatusCode::UNAUTHORIZED);
    }
    request.headers_mut().insert(AUTHORIZATION, swap.credential.clone());
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let uri = Uri::builder().scheme(Scheme::HTTP).authority(upstream).path_and_query(path).build();
    let Ok(uri) = uri else { return own(StatusCode::BAD_REQUEST) };
    *request.uri_mut() = uri;
    match swap.client.request(request).await {
        Ok(reply) => reply.map(BodyExt::boxed),
        Err(_) => own(StatusCode::BAD_GATEWAY),
    }
}

fn own(status: StatusCode) -> Response<Body> {
    let nothing = Empty::new().map_err(|never: Infallible| match never {}).boxed();
    let mut reply = Response::new(nothing);
    *reply.status_mut() = status;
    reply
}
