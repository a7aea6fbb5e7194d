use std::borrow::Cow;

use tokio::time::Instant;
use valetkey_core::{
    activity::{Closing, Ending, Opening, Outcome, RequestId},
    decision::{Names, Pending, Permit, Request},
    http::Method,
    policy::ServicePolicy,
    token::Presented,
};

use super::{Way, micros_since};
use crate::{
    denial::Denial,
    dialect::Dialect,
    worker::{CallerProcess, Worker},
};

/// What is known of a request when it is refused.
#[derive(Debug, Default)]
pub(super) struct Known<'s> {
    pub(super) method: Option<Method>,
    pub(super) presented: Option<Presented>,
    pub(super) service: Option<&'s str>,
    pub(super) operation: Cow<'s, str>,
    pub(super) context: String,
    /// What the service told of what the path names.
    pub(super) names: Names,
    /// How the application wants to be told.
    pub(super) dialect: Dialect,
}

/// Puts a refusal on record; it is refused all the same where that fails.
pub(super) fn record_refusal(
    worker: &Worker,
    way: &Way,
    request: RequestId,
    known: &Known<'_>,
    denial: &Denial,
    begun: Instant,
) {
    let reason = denial.reason();
    let opening = Opening {
        request,
        time: worker.clock.now(),
        token: denial.token().or(known.presented.map(|presented| presented.id)),
        service: known.service,
        method: known.method,
        operation: &known.operation,
        context: &known.context,
        outcome: Outcome::Refusal,
        reason: &reason,
        transport: way.transport,
        caller: way.caller.as_ref().map(CallerProcess::as_caller),
    };
    let closing = Closing {
        request,
        status: denial.status_and_code().0,
        sent: 0,
        received: 0,
        micros: micros_since(begun),
        ending: Ending::Complete,
    };
    // Nothing was forwarded, so there is nothing that must be on record.
    let _ = worker.activity.borrow_mut().open(&opening, Some(&closing));
}

impl<'s> Known<'s> {
    /// Names the operation for the record: by its template where the definition knows it, else by no more than its method.
    pub(super) fn describe(&mut self, service: &'s ServicePolicy, request: Request<'_>) {
        let rules = &service.rules;
        match rules.router.find_at(request.endpoints, request.method, request.path, request.query) {
            Some(found) => {
                self.operation = Cow::Borrowed(&rules.operations[found.operation].label);
                let first = rules.contexts_of(&found).next();
                self.context = first.map(|bound| rules.context_of(&bound).to_string()).unwrap_or_default();
            }
            None => self.operation = unknown(request.method),
        }
    }

    /// The same of a request whose body says the rest.
    pub(super) fn of_pending(&mut self, pending: &Pending<'s>) {
        self.operation = Cow::Borrowed(pending.label());
        self.context = pending.context().map(|context| context.to_string()).unwrap_or_default();
    }

    /// The same of a request that was refused for what its body says.
    pub(super) fn of_denial(&mut self, denial: &Denial) {
        if let Denial::InsufficientScope(shortfall) = denial {
            self.operation = Cow::Owned(shortfall.operation.to_string());
            self.context = shortfall.context.as_ref().map(ToString::to_string).unwrap_or_default();
        } else if let Denial::FieldsUnknown(unknown) = denial {
            self.operation = Cow::Owned(unknown.operation.to_string());
        }
    }

    /// The same of a request that has its permit, for which all that has been found already.
    pub(super) fn of_permit(&mut self, permit: &Permit<'s>, method: Method) {
        self.operation = permit.label().unwrap_or_else(|| unknown(method));
        self.context = permit.context().map(|context| context.to_string()).unwrap_or_default();
    }
}

impl Known<'_> {
    /// Shows both that a thing is called, where the service was asked.
    pub(super) fn name(&mut self, service: &ServicePolicy, names: &Names) {
        for besides in names.iter().filter_map(|name| name.besides.as_ref()) {
            self.context.push(' ');
            self.context.push_str(&service.rules.context_of(besides).to_string());
        }
        self.names.clone_from(names);
    }
}

fn unknown(method: Method) -> Cow<'static, str> {
    Cow::Owned(format!("{method} (unknown)"))
}
