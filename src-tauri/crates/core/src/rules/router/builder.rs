use super::{End, MAX_PARAMETERS, Node, RouteError, Router, Segment, Target, Template};
use crate::{http::Method, rules::EndpointIndex};

/// Collects operations into a [`Router`].
#[derive(Debug)]
pub struct RouterBuilder {
    nodes: Vec<Node>,
}

impl Default for RouterBuilder {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl RouterBuilder {
    /// Adds the operation at place `operation`, which lives at `endpoint`.
    pub fn add(
        &mut self,
        operation: usize,
        endpoint: EndpointIndex,
        method: Method,
        template: &Template,
        query: &[(Box<str>, Box<str>)],
    ) -> Result<(), RouteError> {
        self.put(End::Operation { operation, endpoint, by_number: false }, method, (template, 0), query)
    }

    /// Adds another place of an operation: `template`, whose first `numbers` parameters take numbers only.
    pub fn add_by_number(
        &mut self,
        operation: usize,
        endpoint: EndpointIndex,
        method: Method,
        (template, numbers): (&Template, usize),
        query: &[(Box<str>, Box<str>)],
    ) -> Result<(), RouteError> {
        self.put(End::Operation { operation, endpoint, by_number: true }, method, (template, numbers), query)
    }

    /// Closes what `template` fits best: it stays unknown although a wider template fits as well.
    pub fn close(&mut self, method: Method, template: &Template) -> Result<(), RouteError> {
        self.put(End::Closed, method, (template, 0), &[])
    }

    /// The router of all that was added.
    pub fn finish(self) -> Router {
        Router { nodes: self.nodes }
    }

    fn put(
        &mut self,
        end: End,
        method: Method,
        (template, numbers): (&Template, usize),
        query: &[(Box<str>, Box<str>)],
    ) -> Result<(), RouteError> {
        let parameters = template.iter().filter(|segment| !matches!(segment, Segment::Literal(_))).count();
        if parameters > MAX_PARAMETERS {
            return Err(RouteError::TooManyParameters);
        }
        let mut node = 0;
        let mut at_rest = false;
        let mut numbers = numbers;
        for segment in template {
            if at_rest {
                return Err(RouteError::RestNotLast);
            }
            match segment {
                Segment::Rest => at_rest = true,
                Segment::Literal(text) => node = self.literal(node, text),
                Segment::Parameter { .. } if numbers > 0 => {
                    numbers -= 1;
                    node = self.number(node);
                }
                Segment::Parameter { prefix, suffix } => node = self.parameter(node, prefix, suffix),
            }
        }
        let leaf = if at_rest { &mut self.nodes[node].rest } else { &mut self.nodes[node].here };
        let targets = &mut leaf.0[method.index()];
        if targets.iter().any(|target| target.query == query) {
            return Err(RouteError::Duplicate);
        }
        targets.push(Target { end, query: query.to_vec() });
        targets.sort_by_key(|target| std::cmp::Reverse(target.query.len()));
        Ok(())
    }

    fn literal(&mut self, node: usize, text: &str) -> usize {
        if let Some(&next) = self.nodes[node].literals.get(text) {
            return next;
        }
        let next = self.grow();
        self.nodes[node].literals.insert(text.into(), next);
        next
    }

    fn number(&mut self, node: usize) -> usize {
        if let Some(next) = self.nodes[node].number {
            return next;
        }
        let next = self.grow();
        self.nodes[node].number = Some(next);
        next
    }

    fn parameter(&mut self, node: usize, prefix: &str, suffix: &str) -> usize {
        if prefix.is_empty() && suffix.is_empty() {
            if let Some(next) = self.nodes[node].parameter {
                return next;
            }
            let next = self.grow();
            self.nodes[node].parameter = Some(next);
            return next;
        }
        let known = self.nodes[node].affixed.iter().find(|(p, s, _)| &**p == prefix && &**s == suffix);
        if let Some((_, _, next)) = known {
            return *next;
        }
        let next = self.grow();
        let affixed = &mut self.nodes[node].affixed;
        affixed.push((prefix.into(), suffix.into(), next));
        affixed.sort_by_key(|(prefix, suffix, _)| std::cmp::Reverse(prefix.len() + suffix.len()));
        next
    }

    fn grow(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }
}
