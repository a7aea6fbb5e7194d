use std::collections::HashMap;

use valetkey_core::rules::Segment;

/// The templates of one method, by their segments.
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
}

#[derive(Default)]
struct Node<'t> {
    literals: HashMap<&'t str, usize>,
    parameters: Vec<(&'t Segment, usize)>,
    /// Operations that end here.
    ends: Vec<usize>,
}

impl Default for Tree<'_> {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl<'t> Tree<'t> {
    pub(super) fn put(&mut self, segments: &'t [Segment], operation: usize) {
        let mut node = 0;
        for segment in segments {
            let next = self.nodes.len();
            let here = &mut self.nodes[node];
            node = match segment {
                Segment::Literal(text) => *here.literals.entry(text).or_insert(next),
                Segment::Parameter { .. } | Segment::Rest => {
                    let known =
                        here.parameters.iter().find(|(known, _)| *known == segment).map(|(_, node)| *node);
                    known.unwrap_or_else(|| {
                        here.parameters.push((segment, next));
                        next
                    })
                }
            };
            if node == next {
                self.nodes.push(Node::default());
            }
        }
        self.nodes[node].ends.push(operation);
    }

    /// Every two operations that some path fits both of. `None` once `steps` are used up.
    pub(super) fn pairs(&self, pairs: &mut Vec<(usize, usize)>, steps: &mut usize) -> Option<()> {
        let mut open = vec![(0, 0)];
        while let Some((one, other)) = open.pop() {
            let (first, second) = (&self.nodes[one], &self.nodes[other]);
            let looked_at = first.ends.len() * second.ends.len()
                + first.parameters.len() * (second.parameters.len() + second.literals.len())
                + first.literals.len() * (1 + second.parameters.len());
            *steps = steps.checked_sub(1 + looked_at)?;
            if one == other {
                open.extend(first.children().map(|child| (child, child)));
                first.each_meeting_literal(first, |literal, parameter| open.push((literal, parameter)));
                for (place, (segment, child)) in first.parameters.iter().enumerate() {
                    let later = first.parameters[place + 1..]
                        .iter()
                        .filter(|(known, _)| meet(segment, known).is_some());
                    open.extend(later.map(|(_, next)| (*child, *next)));
                }
                continue;
            }
            let each = first
                .ends
                .iter()
                .flat_map(|one| second.ends.iter().map(move |other| (*one.min(other), *one.max(other))));
            pairs.extend(each);
            open.extend(
                first.literals.iter().filter_map(|(text, child)| Some((*child, *second.literals.get(text)?))),
            );
            first.each_meeting_literal(second, |literal, parameter| open.push((literal, parameter)));
            second.each_meeting_literal(first, |literal, parameter| open.push((parameter, literal)));
            for (segment, child) in &first.parameters {
                let meeting = second.parameters.iter().filter(|(known, _)| meet(segment, known).is_some());
                open.extend(meeting.map(|(_, next)| (*child, *next)));
            }
        }
        Some(())
    }
}

impl Node<'_> {
    fn children(&self) -> impl Iterator<Item = usize> {
        self.literals.values().copied().chain(self.parameters.iter().map(|(_, child)| *child))
    }

    /// Literals here that a parameter of `other` fits.
    fn each_meeting_literal(&self, other: &Self, mut met: impl FnMut(usize, usize)) {
        for (segment, parameter) in &other.parameters {
            for (text, literal) in &self.literals {
                if fits(text, segment) {
                    met(*literal, *parameter);
                }
            }
        }
    }
}

/// What fits both segments; `None` where nothing does.
pub(super) fn meet(one: &Segment, other: &Segment) -> Option<Segment> {
    match (one, other) {
        (Segment::Literal(text), Segment::Literal(more)) => (text == more).then(|| one.clone()),
        (Segment::Literal(text), parameter) | (parameter, Segment::Literal(text)) => {
            fits(text, parameter).then(|| Segment::Literal(text.clone()))
        }
        (
            Segment::Parameter { prefix, suffix },
            Segment::Parameter { prefix: other_prefix, suffix: other_suffix },
        ) => Some(Segment::Parameter {
            prefix: longer(prefix, other_prefix, |long, short| long.starts_with(short))?,
            suffix: longer(suffix, other_suffix, |long, short| long.ends_with(short))?,
        }),
        // No import makes a parameter that takes the rest.
        (Segment::Rest, _) | (_, Segment::Rest) => None,
    }
}

fn fits(text: &str, segment: &Segment) -> bool {
    match segment {
        Segment::Parameter { prefix, suffix } => {
            let inner = text.strip_prefix(&**prefix).and_then(|rest| rest.strip_suffix(&**suffix));
            inner.is_some_and(|inner| !inner.is_empty())
        }
        Segment::Literal(_) | Segment::Rest => false,
    }
}

fn longer(one: &str, other: &str, fits: impl Fn(&str, &str) -> bool) -> Option<Box<str>> {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    fits(long, short).then(|| long.into())
}
