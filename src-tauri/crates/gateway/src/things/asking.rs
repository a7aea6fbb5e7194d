use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{sync::OnceCell, time::timeout};
use valetkey_core::{
    decision::{Name, Names, Wanted},
    policy::ServicePolicy,
    ports::VaultError,
    rules::{BoundContext, KindIndex, Member, Question, Resolve, Rules},
};

use super::{Key, Outer, Thing};
use crate::{
    probe::{self, ProbeError, Prober},
    worker::Worker,
};

/// For all that one request needs to know.
const TIME: Duration = Duration::from_secs(10);
/// How many things around each other are asked about; real ones are 20 deep at most (GitLab's limit of nested groups).
const DEPTH: usize = 32;

/// Why it stays open which thing is meant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unresolved {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("{0}")]
    Unreachable(Box<str>),
    #[error("the service answered {0}")]
    Status(u16),
    #[error("the service's answer can't be read")]
    Unreadable,
    #[error("the service did not answer in time")]
    Slow,
}

/// What one thread asks just now, so that many requests ask once.
#[derive(Debug, Default)]
pub(crate) struct Asking(RefCell<HashMap<Key, Rc<Answer>>>);

/// `None` where the service does not know the thing.
type Answer = OnceCell<Option<Arc<Thing>>>;

/// What `wanted` are called besides, and what they are inside of; asks the service for what is not known yet.
pub(crate) async fn names_of(
    worker: &Worker,
    service: &ServicePolicy,
    wanted: Vec<Wanted>,
) -> Result<Names, Unresolved> {
    let asking = async {
        let mut names = Names::default();
        for thing in wanted {
            names.insert(name_of(worker, service, thing).await?);
        }
        Ok(names)
    };
    timeout(TIME, asking).await.map_err(|_| Unresolved::Slow)?
}

async fn name_of(worker: &Worker, service: &ServicePolicy, wanted: Wanted) -> Result<Name, Unresolved> {
    let Wanted { called, around } = wanted;
    let Some(thing) = thing(worker, service, &called).await? else {
        return Ok(Name { called, besides: None, inside: Vec::new() });
    };
    let besides = if called.value == thing.id.value { &thing.name } else { &thing.id };
    let mut inside: Vec<BoundContext> = Vec::new();
    let mut open = if around { thing.inside.clone() } else { Vec::new() };
    while let Some(outer) = open.pop() {
        if inside.contains(outer.id()) || inside.len() > 2 * DEPTH {
            continue;
        }
        let outer = match outer {
            Outer::Told(outer) => Some(outer),
            // What is not there as this kind of thing is none: the namespace of a user is no group.
            Outer::Number(outer) => self::thing(worker, service, &outer).await?,
        };
        let Some(outer) = outer else { continue };
        inside.extend([outer.id.clone(), outer.name.clone()]);
        open.extend(outer.inside.iter().cloned());
    }
    Ok(Name { called, besides: Some(besides.clone()), inside })
}

/// From what is known, from whoever is asking just now, or from the service.
async fn thing(
    worker: &Worker,
    service: &ServicePolicy,
    called: &BoundContext,
) -> Result<Option<Arc<Thing>>, Unresolved> {
    let Some(resolve) = &service.rules.kinds[called.kind].resolve else { return Ok(None) };
    let key = Key::of(service, called);
    if let Some(known) = worker.things.known(&key, worker.clock.now()) {
        return Ok(known.thing);
    }
    let cell = Rc::clone(worker.asking.0.borrow_mut().entry(key.clone()).or_default());
    let outcome = cell
        .get_or_try_init(|| async {
            let thing = ask(worker, service, called, resolve).await?.map(Arc::new);
            worker.things.keep(&key, thing.as_ref(), worker.clock.now());
            Ok(thing)
        })
        .await
        .cloned();
    worker.asking.0.borrow_mut().retain(|asked, other| *asked != key || !Rc::ptr_eq(other, &cell));
    outcome
}

async fn ask(
    worker: &Worker,
    service: &ServicePolicy,
    called: &BoundContext,
    resolve: &Resolve,
) -> Result<Option<Thing>, Unresolved> {
    let path = match resolve.number(&called.value) {
        Some(number) => filled(&resolve.by_number, number),
        None => filled(&resolve.by_name, &called.value),
    };
    let prober = Prober::over(worker.tls.clone());
    let answer = prober.ask(service, probe::Question::get(&path)).await.map_err(|error| match error {
        ProbeError::Vault(problem) => Unresolved::Vault(problem),
        ProbeError::Unreachable(problem) => Unresolved::Unreachable(problem),
        ProbeError::Unsound => Unresolved::Unreadable,
        ProbeError::Slow => Unresolved::Slow,
    })?;
    match answer.status {
        200 => {
            let value = serde_json::from_slice(&answer.body).map_err(|_| Unresolved::Unreadable)?;
            let thing = read(&value, called.kind, &service.rules).ok_or(Unresolved::Unreadable)?;
            // An answer about a thing that is called otherwise is about another one.
            Ok(Some(thing).filter(|thing| [&thing.id, &thing.name].contains(&called)))
        }
        // A name that leads on to another one is no longer the thing's own.
        301 | 302 | 307 | 308 | 404 | 410 => Ok(None),
        status => Err(Unresolved::Status(status)),
    }
}

/// The thing that an answer is about; `None` where it has no number or no name.
fn read(answer: &Value, kind: KindIndex, rules: &Rules) -> Option<Thing> {
    let resolve = rules.kinds[kind].resolve.as_ref()?;
    let by = |value| BoundContext { kind, value };
    let mut name = text_at(answer, &resolve.name).filter(|name| resolve.number(name).is_none())?;
    if rules.kinds[kind].fold_case {
        name.make_ascii_lowercase();
    }
    let outer = |(kind, member): &(KindIndex, Member)| {
        let told = at(answer, member).filter(|told| told.is_object());
        match told {
            Some(told) => read(told, *kind, rules).map(|thing| Outer::Told(Arc::new(thing))),
            None => numbered(answer, member, *kind, rules).map(Outer::Number),
        }
    };
    let inside = resolve.inside.iter().filter_map(outer).collect();
    Some(Thing { id: numbered(answer, &resolve.id, kind, rules)?, name: by(name), inside })
}

/// A thing by its number, which stands at `member`.
fn numbered(answer: &Value, member: &Member, kind: KindIndex, rules: &Rules) -> Option<BoundContext> {
    let resolve = rules.kinds[kind].resolve.as_ref()?;
    let value = [&*resolve.mark, &text_at(answer, member)?].concat();
    resolve.number(&value).is_some().then_some(BoundContext { kind, value })
}

fn at<'a>(answer: &'a Value, member: &Member) -> Option<&'a Value> {
    member.iter().try_fold(answer, |object, name| object.get(&**name))
}

/// A text, or a whole number as one.
fn text_at(answer: &Value, member: &Member) -> Option<String> {
    match at(answer, member)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The path to ask at about what is called so.
fn filled(question: &Question, called: &str) -> String {
    let name = if question.parted {
        called.split('/').map(as_segment).collect::<Vec<_>>().join("/")
    } else {
        as_segment(called)
    };
    [&*question.before, &name, &*question.after].concat()
}

/// As one segment of a path: all but what never needs it is encoded (RFC 3986 §2.3).
fn as_segment(value: &str) -> String {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    let mut segment = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            segment.push(char::from(byte));
        } else {
            segment.push('%');
            segment.push(char::from(DIGITS[usize::from(byte >> 4)]));
            segment.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_becomes_one_segment() {
        assert_eq!(as_segment("acme/sub group/site.é"), "acme%2Fsub%20group%2Fsite.%C3%A9");
        assert_eq!(as_segment("a%2Fb"), "a%252Fb");
        let question = |parted| Question { before: "/repos/".into(), after: "?x".into(), parted };
        assert_eq!(filled(&question(true), "acme/a b"), "/repos/acme/a%20b?x");
        assert_eq!(filled(&question(false), "acme/a"), "/repos/acme%2Fa?x");
    }

    #[test]
    fn members_are_read_from_the_outside_in() {
        let answer = json!({"id": 42, "namespace": {"id": 7, "path": "acme"}, "parent_id": null});
        let at = |path: &str| text_at(&answer, &path.split('.').map(Into::into).collect());
        assert_eq!(at("id").as_deref(), Some("42"));
        assert_eq!(at("namespace.path").as_deref(), Some("acme"));
        for none in ["parent_id", "namespace", "namespace.id.x", "other"] {
            assert_eq!(at(none), None, "{none}");
        }
    }
}
