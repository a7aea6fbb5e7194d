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

#[test]
fn endpoints_that_name_no_right_at_all_make_no_definition() {
    let mut bare = model(API, RIGHTS).unwrap();
    bare.endpoints.iter_mut().for_each(|endpoint| endpoint.rights.clear());
    assert!(document(Family::Space, &bare, "this test").is_err());
}
