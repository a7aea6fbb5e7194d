use serde::{Deserialize, Serialize};

use super::{Call, Reply, World};
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct Environment {
    pub(crate) template: String,
    pub(crate) state: State,
    #[serde(skip)]
    pub(crate) log: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Stopped,
    Running,
}

/// Lines of a log that are kept.
const LOG: usize = 100;

impl Environment {
    pub(crate) fn new(template: impl Into<String>) -> Self {
        let mut environment = Self { template: template.into(), state: State::Stopped, log: Vec::new() };
        environment.note("created");
        environment
    }

    pub(crate) fn become_state(&mut self, state: State) {
        if self.state != state {
            self.state = state;
            self.note(match state {
                State::Stopped => "stopped",
                State::Running => "started",
            });
        }
    }

    fn note(&mut self, line: &str) {
        if self.log.len() == LOG {
            self.log.remove(0);
        }
        self.log.push(line.to_owned());
    }
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::list(&world.namespace(call)?.environments)
}

pub(crate) fn show(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::show(&world.namespace(call)?.environments, call.parameter("environment"))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct New {
        name: String,
        template: String,
    }
    let New { name, template } = call.read()?;
    let namespace = world.namespace(call)?;
    if !namespace.templates.contains_key(&template) {
        return Err(Problem::NoTemplate { name: template.chars().take(80).collect() });
    }
    super::create(&mut namespace.environments, name, Environment::new(template))
}

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::delete(&mut world.namespace(call)?.environments, call.parameter("environment"))
}

pub(crate) fn start(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    turn(world, call, State::Running)
}

pub(crate) fn stop(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    turn(world, call, State::Stopped)
}

fn turn(world: &mut World, call: &Call<'_>, state: State) -> Result<Reply, Problem> {
    let environments = &mut world.namespace(call)?.environments;
    let name = call.parameter("environment");
    environments.get_mut(name).ok_or(Problem::NotFound)?.become_state(state);
    super::show(environments, name)
}

/// The log as text; with `follow=1` as a stream of events that does not end.
pub(crate) fn log(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let environments = &world.namespace(call)?.environments;
    let log = &environments.get(call.parameter("environment")).ok_or(Problem::NotFound)?.log;
    if call.query.split('&').any(|parameter| parameter == "follow=1") {
        return Ok(Reply::Follow(log.clone()));
    }
    Ok(Reply::Log(log.iter().flat_map(|line| [line, "\n"]).collect()))
}
