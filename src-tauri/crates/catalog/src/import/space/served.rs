//! What a running service serves about itself.
//!
//! The shapes are those that the service's published clients are generated from: `HA_Model` and its parts, `RightsWithHierarchy`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use valetkey_core::path::Path;

use super::{Endpoint, Model, Place, Right};
use crate::Error;

/// Where the service serves its endpoints, as far as they are read here: some 800 with their paths and rights.
pub const MODEL_PATH: &str = "/api/http/http-api-model?$fields=resources(id,path,parentResource(id),endpoints(method,path,rights),nestedResources!)";

/// Where it serves its rights.
pub const RIGHTS_PATH: &str =
    "/api/http/permissions?$fields=rights(rightType,rights),rightsGroups(title,priority,rights),deps";

/// Under which every endpoint of the model is.
const ROOT: &str = "/api/http";

/// Resources in each other; real ones have up to 6.
const DEPTH: usize = 64;

/// What a service says of itself, from what it answers at [`MODEL_PATH`] and at [`RIGHTS_PATH`].
pub fn model(api: &str, rights: &str) -> Result<Model, Error> {
    let api: Api = serde_json::from_str(api)?;
    let listed: Listed = serde_json::from_str(rights)?;
    let mut resources = HashMap::new();
    for resource in api.resources {
        flatten(resource, None, &mut resources, 0);
    }
    let mut endpoints = Vec::new();
    let mut titles = BTreeMap::new();
    for resource in resources.values() {
        for served in &resource.endpoints {
            let Some(path) = full_path(resource, &served.path, &resources) else { continue };
            let named = served.rights.as_deref().unwrap_or_default();
            titles.extend(named.iter().map(|right| (right.right_unique_code.clone(), right)));
            endpoints.push(Endpoint {
                method: served.method.http().into(),
                path,
                rights: named.iter().map(|right| right.right_unique_code.clone()).collect(),
            });
        }
    }
    endpoints.sort_by(|one, other| (&one.path, &one.method).cmp(&(&other.path, &other.method)));
    Ok(Model { rights: listed.rights(&titles), endpoints })
}

/// Resources may come one in the other, side by side with a reference, or both.
fn flatten(mut resource: Resource, parent: Option<&str>, into: &mut HashMap<String, Resource>, depth: usize) {
    if depth > DEPTH {
        return;
    }
    let nested = resource.nested.take().unwrap_or_default();
    if resource.parent.is_none() {
        resource.parent = parent.map(|id| Reference { id: id.to_owned() });
    }
    for inner in nested {
        flatten(inner, Some(&resource.id), into, depth + 1);
    }
    into.insert(resource.id.clone(), resource);
}

/// `None` where a request can't be spelt so, or where resources contain each other.
fn full_path(resource: &Resource, own: &Segments, resources: &HashMap<String, Resource>) -> Option<String> {
    let mut parts = vec![own];
    let mut next = Some(resource);
    while let Some(resource) = next {
        parts.push(&resource.path);
        next = match &resource.parent {
            None => None,
            Some(parent) => Some(resources.get(&parent.id)?),
        };
        if parts.len() > DEPTH {
            return None;
        }
    }
    let mut path = ROOT.to_owned();
    for segment in parts.into_iter().rev().flat_map(|part| &part.segments) {
        let (before, parameter) = match segment {
            Segment::Const { value } => (value.clone(), None),
            Segment::Var { name } => (String::new(), Some(name)),
            Segment::PrefixedVar { prefix, name } => (format!("{prefix}:"), Some(name)),
        };
        let spelt = format!("/{before}{}", if parameter.is_some() { "x" } else { "" });
        if before.contains(['/', '{', '}']) || Path::parse(&spelt).is_err() {
            return None;
        }
        path.extend(["/", &before]);
        if let Some(name) = parameter {
            path.extend(["{", &name.replace(['{', '}'], ""), "}"]);
        }
    }
    Some(path)
}

#[derive(Deserialize)]
struct Api {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    id: String,
    path: Segments,
    #[serde(rename = "parentResource")]
    parent: Option<Reference>,
    #[serde(rename = "nestedResources")]
    nested: Option<Vec<Resource>>,
    #[serde(default)]
    endpoints: Vec<Served>,
}

#[derive(Deserialize)]
struct Reference {
    id: String,
}

#[derive(Deserialize)]
struct Segments {
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
#[serde(tag = "className")]
enum Segment {
    #[serde(rename = "HA_PathSegment.Const")]
    Const { value: String },
    #[serde(rename = "HA_PathSegment.Var")]
    Var { name: String },
    #[serde(rename = "HA_PathSegment.PrefixedVar")]
    PrefixedVar { prefix: String, name: String },
}

#[derive(Deserialize)]
struct Served {
    method: Method,
    path: Segments,
    rights: Option<Vec<NamedRight>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamedRight {
    right_unique_code: String,
    title: Option<String>,
    description: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Method {
    RestCreate,
    RestQuery,
    RestGet,
    RestUpdate,
    RestDelete,
    HttpGet,
    HttpPost,
    HttpPatch,
    HttpPut,
    HttpDelete,
}

impl Method {
    const fn http(self) -> &'static str {
        match self {
            Self::RestQuery | Self::RestGet | Self::HttpGet => "GET",
            Self::RestCreate | Self::HttpPost => "POST",
            Self::RestUpdate | Self::HttpPatch => "PATCH",
            Self::HttpPut => "PUT",
            Self::RestDelete | Self::HttpDelete => "DELETE",
        }
    }
}

/// `RightsWithHierarchy`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    rights: Vec<OfType>,
    #[serde(default)]
    rights_groups: Vec<Group>,
    #[serde(default)]
    deps: Vec<Deps>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfType {
    right_type: RightType,
    rights: Vec<ListedRight>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RightType {
    type_code: String,
}

#[derive(Deserialize)]
struct ListedRight {
    code: String,
    title: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    title: String,
    #[serde(default)]
    priority: i64,
    rights: Vec<GroupedRight>,
}

#[derive(Deserialize)]
struct GroupedRight {
    code: String,
}

#[derive(Deserialize)]
struct Deps {
    code: String,
    deps: Vec<String>,
}

impl Listed {
    /// The listed rights by group; then those that endpoints name and no list has, which can be granted globally only.
    fn rights(mut self, named: &BTreeMap<String, &NamedRight>) -> Vec<Right> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Definition,
        import::space::{Family, document},
    };

    const API: &str = r#"{"resources": [
        {"id": "1", "path": {"segments": [{"className": "HA_PathSegment.Const", "value": "projects"}]}, "parentResource": null,
         "endpoints": [
            {"method": "REST_QUERY", "path": {"segments": []},
             "rights": [{"rightUniqueCode": "Project.View", "title": "View projects"}]},
            {"method": "REST_GET", "path": {"segments": [{"className": "HA_PathSegment.Var", "name": "project"}]},
             "rights": [{"rightUniqueCode": "Project.View", "title": "View projects"}]}],
         "nestedResources": [
            {"id": "2", "path": {"segments": [{"className": "HA_PathSegment.Var", "name": "project"},
                                              {"className": "HA_PathSegment.Const", "value": "environments"}]},
             "endpoints": [
                {"method": "REST_CREATE", "path": {"segments": []},
                 "rights": [{"rightUniqueCode": "Rd.Workspaces.Create", "title": "Create"}, {"rightUniqueCode": "Later.Right", "title": "Later"}]},
                {"method": "HTTP_PUT", "path": {"segments": [{"className": "HA_PathSegment.PrefixedVar", "prefix": "name", "name": "environment"}]},
                 "rights": []}]}]},
        {"id": "3", "path": {"segments": [{"className": "HA_PathSegment.Const", "value": "stop"}]}, "parentResource": {"id": "2"},
         "endpoints": [{"method": "HTTP_POST", "path": {"segments": []}, "rights": [{"rightUniqueCode": "Rd.Workspaces.Manage", "title": ""}]}]}
    ]}"#;

    const RIGHTS: &str = r#"{
        "rights": [
            {"rightType": {"typeCode": "Project", "title": "Project"}, "rights": [
                {"code": "View", "title": "View namespace details", "grantedForUsers": true},
                {"code": "Rd.Workspaces.Create", "title": "Create\u202eenvironments", "description": "In standby pools too"},
                {"code": "Rd.Workspaces.Manage", "title": "Manage"}]},
            {"rightType": {"typeCode": "Global", "title": "Global"}, "rights": [{"code": "Unused", "title": "Unused"}]}],
        "rightsGroups": [
            {"title": "Environments", "priority": 20, "rights": [{"typeCode": "Project", "code": "Rd.Workspaces.Create"}]},
            {"title": "Namespaces", "priority": 10, "rights": [{"typeCode": "Project", "code": "View"}]}],
        "deps": [{"code": "Rd.Workspaces.Manage", "deps": ["Unused"]}, {"code": "Unused", "deps": ["View"]}]}"#;

    fn read() -> Definition {
        let model = model(API, RIGHTS).unwrap();
        Definition::parse(&document(Family::CodeCanvas, &model, "this test").unwrap()).unwrap()
    }

    #[test]
    fn endpoints_are_found_wherever_their_resource_hangs() {
        let definition = read();
        let mut labels: Vec<&str> =
            definition.rules().operations.iter().map(|operation| &*operation.label).collect();
        labels.sort_unstable();
        assert_eq!(
            labels,
            [
                "GET /api/http/projects",
                "GET /api/http/projects/{project}",
                "POST /api/http/projects/{project}/environments",
                "POST /api/http/projects/{project}/environments/stop",
            ]
        );
    }

    #[test]
    fn rights_have_their_group_their_namespace_and_what_comes_with_them() {
        let definition = read();
        let rules = definition.rules();
        let right = |name| &rules.permissions[rules.permission(name).unwrap().0];
        let names: Vec<&str> = rules.permissions.iter().map(|permission| permission.name.as_str()).collect();
        assert_eq!(names, ["Project.View", "Rd.Workspaces.Create", "Rd.Workspaces.Manage", "Later.Right"]);
        assert_eq!(&*right("Project.View").group, "Namespaces");
        assert_eq!(&*right("Rd.Workspaces.Create").title, "Createenvironments");
        assert_eq!(&*rules.kinds[0].name, "namespace");
        assert_eq!(right("Rd.Workspaces.Create").kinds.len(), 1);
        assert!(right("Later.Right").kinds.is_empty(), "nobody says that it can be granted in a namespace");
        let manage = right("Rd.Workspaces.Manage");
        assert!(
            manage.closure.contains(rules.permission("Project.View").unwrap()),
            "by way of a right that is not offered"
        );
    }

    #[test]
    fn a_model_in_another_form_is_an_error_and_no_empty_definition() {
        for api in [
            "[]",
            "{}",
            r#"{"resources": [{"id": "1", "path": {}}]}"#,
            &API.replace("HA_PathSegment.PrefixedVar", "HA_PathSegment.Wildcard"),
            &API.replace("HTTP_PUT", "HTTP_BREW"),
        ] {
            assert!(model(api, RIGHTS).is_err(), "{api:.60}");
        }
        assert!(model(API, r#"{"permissions": []}"#).is_err());
    }

    #[test]
    fn resources_that_contain_each_other_have_no_endpoints() {
        let api = r#"{"resources": [
            {"id": "1", "path": {"segments": []}, "parentResource": {"id": "2"},
             "endpoints": [{"method": "REST_GET", "path": {"segments": []}, "rights": null}]},
            {"id": "2", "path": {"segments": []}, "parentResource": {"id": "1"}, "endpoints": []}]}"#;
        assert_eq!(model(api, RIGHTS).unwrap().endpoints, []);
    }
}
