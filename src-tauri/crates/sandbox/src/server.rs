use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Json, Router,
    body::to_bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

use crate::{
    follow::follow,
    identity::{Digest, context_of},
    problem::Problem,
    routes::{ROUTES, Route, Where},
    world::{Call, Reply, World},
};

/// Bytes of a body that are read.
const BODY: usize = 64 << 10;

/// How long a stop waits for requests that are being answered.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing could be listened on.
    #[error("the sandbox could not listen on this machine: {0}")]
    Listen(#[from] io::Error),
}

/// A running sandbox. It stops when this is dropped, or by [`Sandbox::stop`].
pub struct Sandbox {
    address: SocketAddr,
    owner: Digest,
    shared: Arc<Shared>,
    /// Sending, or letting go of it, ends the server and every followed log.
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

struct Shared {
    world: Mutex<World>,
    stopping: watch::Receiver<()>,
}

impl Sandbox {
    /// Listens on a free port of 127.0.0.1 and takes `credential` from its owner.
    pub async fn start(credential: &str) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let owner = Digest::of(credential);
        let (stop, stopping) = watch::channel(());
        let shared = Arc::new(Shared { world: Mutex::new(World::seeded(owner)), stopping: stopping.clone() });
        let mut stopped = stopping;
        let serving = axum::serve(listener, router(&shared)).with_graceful_shutdown(async move {
            stopped.changed().await.ok();
        });
        let server = tokio::spawn(async move {
            // It ends only by being stopped; errors of single connections are theirs.
            serving.await.ok();
        });
        Ok(Self { address, owner, shared, stop, server })
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Gives its owner a right, as an administrator would.
    pub fn give(&self, context: &str, permission: &str) {
        if let Some(owner) = lock(&self.shared.world).identities.get_mut(&self.owner) {
            owner.give(context, &[permission]);
        }
    }

    /// Takes a right from its owner.
    pub fn take(&self, context: &str, permission: &str) {
        if let Some(owner) = lock(&self.shared.world).identities.get_mut(&self.owner) {
            owner.rights.remove(&(context.to_owned(), permission.to_owned()));
        }
    }

    /// Stops it; followed logs end. Returns once the port is free and requests are answered, or after two seconds.
    pub async fn stop(self) {
        self.stop.send_replace(());
        timeout(PATIENCE, self.server).await.ok();
    }
}

fn router(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new();
    for route in &ROUTES {
        // Every method of the table has a filter.
        if let Ok(filter) = MethodFilter::try_from(route.method.clone()) {
            let serve = move |State(shared): State<Arc<Shared>>,
                              Extension(caller): Extension<Digest>,
                              Path(parameters): Path<HashMap<String, String>>,
                              request: Request| async move {
                serve(&shared, route, caller, &parameters, request).await
            };
            router = router.route(route.path, on(filter, serve));
        }
    }
    router
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(middleware::from_fn_with_state(Arc::clone(shared), authenticate))
        .with_state(Arc::clone(shared))
}

/// Before all else, so that a stranger does not learn what there is.
async fn authenticate(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let caller = presented(request.headers()).map(Digest::of);
    let known = caller.filter(|caller| lock(&shared.world).identities.contains_key(caller));
    match known {
        None => Problem::Unauthenticated.into_response(),
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
    }
}

fn presented(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credential) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(credential)
}

async fn serve(
    shared: &Shared,
    route: &Route,
    caller: Digest,
    parameters: &HashMap<String, String>,
    request: Request,
) -> Result<Response, Problem> {
    judge(&lock(&shared.world), route, caller, parameters)?;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = to_bytes(request.into_body(), BODY).await.map_err(|_| Problem::BodyLost)?;
    let call = Call { caller, parameters, query: &query, body: &body };
    let reply = {
        let mut world = lock(&shared.world);
        // Again, for rights may have gone while the body came.
        judge(&world, route, caller, parameters)?;
        (route.act)(&mut world, &call)?
    };
    Ok(match reply {
        Reply::Found(value) => Json(value).into_response(),
        Reply::Created(value) => (StatusCode::CREATED, Json(value)).into_response(),
        Reply::Deleted => StatusCode::NO_CONTENT.into_response(),
        Reply::Log(text) => text.into_response(),
        Reply::Follow(lines) => follow(lines, shared.stopping.clone()),
    })
}

fn judge(
    world: &World,
    route: &Route,
    caller: Digest,
    parameters: &HashMap<String, String>,
) -> Result<(), Problem> {
    let who = world.identities.get(&caller).ok_or(Problem::Unauthenticated)?;
    let context = match route.place {
        Where::Global => "global".to_owned(),
        Where::Namespace => {
            let key = parameters.get("namespace").ok_or(Problem::NotFound)?;
            if !world.has_namespace(key) {
                return Err(Problem::NotFound);
            }
            context_of(key)
        }
    };
    if who.may(&context, route.permission) {
        Ok(())
    } else {
        Err(Problem::Forbidden { name: who.name.clone(), permission: route.permission, context })
    }
}

/// Every change is whole before it is seen, so that a panic elsewhere leaves the world usable.
fn lock(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}
