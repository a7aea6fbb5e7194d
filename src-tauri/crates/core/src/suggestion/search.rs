//! The cheapest grants that meet some needs.

use super::{
    Search,
    need::{Choice, Need, Pick},
};
use crate::rules::{BoundContext, PermissionSet, Risk, Rules};

/// After so many steps the best that was found is taken. What tokens do in one context takes a few dozen.
const MOST: usize = 20_000;

/// What picks give away, the weightiest first: permissions that mint credentials, in the global context and in any; those in the
/// global context; those that destroy; all; and how many picks there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    minting_globally: usize,
    minting: usize,
    global: usize,
    destructive: usize,
    permissions: usize,
    picks: usize,
}

/// Adds to `picks` what `needs` lack.
pub(super) fn cover(rules: &Rules, needs: &[&Need], picks: &mut Vec<Pick>) -> Search {
    let scale = Scale::of(rules);
    let mut wanted = PermissionSet::default();
    let choices = needs.iter().flat_map(|need| need.ways.iter().flatten());
    choices.for_each(|choice| wanted.insert(choice.permission));
    let mut needs: Vec<Need> = needs.iter().map(|need| reduced(need, &wanted, &scale)).collect();
    // What only much will meet comes first: the rest may be met with it.
    needs.sort_by_key(|need| {
        std::cmp::Reverse(need.ways.iter().map(|way| scale.of_way(way)).min().unwrap_or_default())
    });
    let mut finder = Finder { scale, needs: &needs, picks: std::mem::take(picks), best: None, steps: 0 };
    finder.next();
    let search = if finder.is_over() { Search::CutShort } else { Search::Exhaustive };
    *picks = finder.best.map(|(_, best)| best).unwrap_or_default();
    search
}

/// Drops picks without which every need is still met, the weightiest first.
pub(super) fn drop_needless(rules: &Rules, needs: &[Need], picks: &mut Vec<Pick>) {
    let scale = Scale::of(rules);
    picks.sort_by_key(|pick| std::cmp::Reverse(scale.cost(std::slice::from_ref(pick))));
    let mut place = 0;
    while place < picks.len() {
        let pick = picks.remove(place);
        if !needs.iter().all(|need| need.is_met(picks)) {
            picks.insert(place, pick);
            place += 1;
        }
    }
}

/// The cheapest single pick of those that would do for a use that needs no permission.
pub(super) fn cheapest(rules: &Rules, picks: Vec<Pick>) -> Option<Pick> {
    let scale = Scale::of(rules);
    picks.into_iter().min_by_key(|pick| scale.cost(std::slice::from_ref(pick)))
}

/// A need without the picks in whose place another does as well: it gives as much of what is wanted, and nothing else besides.
fn reduced(need: &Need, wanted: &PermissionSet, scale: &Scale) -> Need {
    let mut need = need.clone();
    for choice in need.ways.iter_mut().flatten() {
        let mut kept: Vec<Pick> = Vec::new();
        for pick in std::mem::take(&mut choice.picks) {
            let beaten = |other: &Pick| {
                other.gives.is_in(&pick.gives) && pick.gives.within(wanted).is_in(&other.gives)
            };
            if !kept.iter().any(beaten) {
                kept.push(pick);
            }
        }
        choice.picks = kept;
    }
    need.ways.sort_by_key(|way| scale.of_way(way));
    need
}

struct Finder<'n> {
    scale: Scale,
    needs: &'n [Need],
    picks: Vec<Pick>,
    best: Option<(Cost, Vec<Pick>)>,
    steps: usize,
}

impl<'n> Finder<'n> {
    /// Whether the search has grown past its limit; never before something has been found.
    const fn is_over(&self) -> bool {
        self.steps > MOST && self.best.is_some()
    }

    /// Meets the first need that is not met, in every way.
    fn next(&mut self) {
        let needs = self.needs;
        match needs.iter().find(|need| !need.is_met(&self.picks)) {
            None => self.note(),
            Some(need) => need.ways.iter().for_each(|way| self.fill(need, way)),
        }
    }

    /// Picks what a way lacks, in every combination that may still be the cheapest.
    fn fill(&mut self, need: &'n Need, way: &'n [Choice]) {
        self.steps += 1;
        let cost = self.scale.cost(&self.picks);
        if self.is_over() || self.best.as_ref().is_some_and(|(best, _)| *best <= cost) {
            return;
        }
        match way.iter().find(|choice| !need.is_given(choice, &self.picks)) {
            None => self.next(),
            Some(choice) => {
                for pick in &choice.picks {
                    self.picks.push(pick.clone());
                    self.fill(need, way);
                    self.picks.pop();
                }
            }
        }
    }

    fn note(&mut self) {
        let cost = self.scale.cost(&self.picks);
        if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
            self.best = Some((cost, self.picks.clone()));
        }
    }
}

/// Which permissions weigh more.
struct Scale {
    minting: PermissionSet,
    destructive: PermissionSet,
}

impl Scale {
    fn of(rules: &Rules) -> Self {
        let with = |risk: Risk| {
            let mut set = PermissionSet::default();
            let indices = rules.indices().filter(|index| rules.permissions[index.0].risk == risk);
            indices.for_each(|index| set.insert(index));
            set
        };
        Self { minting: with(Risk::MintsCredentials), destructive: with(Risk::Destructive) }
    }

    fn cost(&self, picks: &[Pick]) -> Cost {
        let mut contexts: Vec<(Option<&BoundContext>, PermissionSet)> = Vec::new();
        for pick in picks {
            let context = pick.context.as_ref();
            match contexts.iter_mut().find(|(other, _)| *other == context) {
                Some((_, set)) => set.extend(&pick.gives),
                None => contexts.push((context, pick.gives.clone())),
            }
        }
        let mut cost = Cost { picks: picks.len(), ..Cost::default() };
        for (context, set) in &contexts {
            let minting = set.within(&self.minting).len();
            if context.is_none() {
                cost.minting_globally += minting;
                cost.global += set.len();
            }
            cost.minting += minting;
            cost.destructive += set.within(&self.destructive).len();
            cost.permissions += set.len();
        }
        cost
    }

    /// Of the narrowest picks of a way.
    fn of_way(&self, way: &[Choice]) -> Cost {
        let picks: Vec<Pick> = way.iter().filter_map(|choice| choice.picks.first().cloned()).collect();
        self.cost(&picks)
    }
}
