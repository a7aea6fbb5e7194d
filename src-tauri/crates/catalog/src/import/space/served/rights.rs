//! From the list of rights to rights with their places.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    super::{Place, Right},
    shapes::{Listed, NamedRight},
};

impl Listed {
    /// The listed rights by group; then those that endpoints name and no list has, which can be granted globally only.
    pub(super) fn rights(mut self, named: &BTreeMap<String, &NamedRight>) -> Vec<Right> {
        self.rights_groups.sort_by_key(|group| group.priority);
        let mut groups: HashMap<&str, (usize, &str)> = HashMap::new();
        for (order, group) in self.rights_groups.iter().enumerate() {
            groups.extend(
                group.rights.iter().map(|right| (right.code.as_str(), (order, group.title.as_str()))),
            );
        }
        let deps: HashMap<&str, &[String]> =
            self.deps.iter().map(|entry| (entry.code.as_str(), entry.deps.as_slice())).collect();
        let types: HashMap<&str, &str> = self
            .rights
            .iter()
            .flat_map(|of| {
                of.rights.iter().map(|right| (right.code.as_str(), of.right_type.type_code.as_str()))
            })
            .collect();
        // Endpoints may put the type before a code that is short in the list.
        let unique = |code: &str| {
            let long = types.get(code).map(|of| format!("{of}.{code}"));
            long.filter(|long| !named.contains_key(code) && named.contains_key(long))
                .unwrap_or_else(|| code.to_owned())
        };
        let listed =
            self.rights.iter().flat_map(|of| of.rights.iter().map(|right| (&of.right_type.type_code, right)));
        let mut made: Vec<(usize, Right)> = listed
            .map(|(of, right)| {
                let (order, group) = groups.get(right.code.as_str()).copied().unwrap_or((usize::MAX, ""));
                let code = unique(&right.code);
                let implies = deps.get(right.code.as_str()).or_else(|| deps.get(code.as_str()));
                let right = Right {
                    places: places(of, &code),
                    title: right.title.clone(),
                    group: group.to_owned(),
                    description: right.description.clone().unwrap_or_default(),
                    implies: implies
                        .into_iter()
                        .flat_map(|codes| codes.iter())
                        .map(|code| unique(code))
                        .collect(),
                    code,
                };
                (order, right)
            })
            .collect();
        made.sort_by_key(|(order, _)| *order);
        let mut rights: Vec<Right> = made.into_iter().map(|(_, right)| right).collect();
        let known: BTreeSet<String> = rights.iter().map(|right| right.code.clone()).collect();
        rights.extend(named.iter().filter(|(code, _)| !known.contains(*code)).map(|(code, right)| Right {
            code: code.clone(),
            title: right.title.clone().unwrap_or_default(),
            group: String::new(),
            description: right.description.clone().unwrap_or_default(),
            places: vec![Place::Global],
            implies: Vec::new(),
        }));
        rights
    }
}

/// Where a right of this type is granted. `M2` is what channels are called inside; what is not known is granted globally only.
fn places(right_type: &str, code: &str) -> Vec<Place> {
    match right_type {
        "Project" if code.starts_with("PackageRepository.") => {
            vec![Place::Global, Place::Project, Place::PackageRepository]
        }
        "Project" | "Namespace" | "DocumentFolder" => vec![Place::Global, Place::Project],
        "M2" | "Channel" => vec![Place::Global, Place::Channel],
        _ => vec![Place::Global],
    }
}
