//! What is published about Space, served as a running one serves it, makes the definition that ships.

use serde_json::{Value, json};
use valetkey_catalog::import::space::{Family, document, model};
use valetkey_catalogkit::Space;

const SHIPPED: &str = include_str!("../../../catalog/definitions/space.json");

fn segment(text: &str) -> Value {
    match text.split_once('{') {
        None => json!({"className": "HA_PathSegment.Const", "value": text}),
        Some(("", name)) => json!({"className": "HA_PathSegment.Var", "name": name.trim_end_matches('}')}),
        Some((before, name)) => {
            let (prefix, name) = (before.trim_end_matches(':'), name.trim_end_matches('}'));
            json!({"className": "HA_PathSegment.PrefixedVar", "prefix": prefix, "name": name})
        }
    }
}

fn api(source: &Space) -> Value {
    let endpoint = |(method, path, rights): &(String, String, Vec<String>)| {
        let segments: Vec<_> = path.trim_start_matches("/api/http/").split('/').map(segment).collect();
        let rights: Vec<_> =
            rights.iter().map(|code| json!({"rightUniqueCode": code, "title": code})).collect();
        json!({"method": format!("HTTP_{method}"), "path": {"segments": segments}, "rights": rights})
    };
    let endpoints: Vec<_> = source.endpoints.iter().map(endpoint).collect();
    json!({"resources": [{"id": "all", "path": {"segments": []}, "endpoints": endpoints}]})
}

fn rights(source: &Space) -> Value {
    let of_type = |of: &str, narrow: &str| {
        let of_it = source.permissions.iter().filter(|(_, permission)| match narrow {
            "" => permission.contexts == ["global"],
            _ => permission.contexts.iter().any(|context| context == narrow),
        });
        let rights: Vec<_> =
            of_it.map(|(code, permission)| json!({"code": code, "title": permission.title})).collect();
        json!({"rightType": {"typeCode": of, "title": of}, "rights": rights})
    };
    let deps =
        source.permissions.iter().map(|(code, permission)| json!({"code": code, "deps": permission.implies}));
    json!({
        "rights": [of_type("Global", ""), of_type("Project", "project"), of_type("M2", "channel")],
        "rightsGroups": [],
        "deps": deps.collect::<Vec<_>>(),
    })
}

/// The lists of a definition in one order; what the two say of groups and titles is not the same.
fn judged_by(document: &str) -> Value {
    let mut read: Value = serde_json::from_str(document).unwrap();
    for permission in read["permissions"].as_array_mut().unwrap() {
        permission.as_object_mut().unwrap().remove("group");
    }
    for list in ["permissions", "operations", "closed"] {
        read[list].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    }
    read.as_object_mut().unwrap().remove("source");
    read
}

#[test]
fn what_a_running_space_serves_makes_the_definition_that_ships() {
    let source = Space::read().unwrap();
    let served = model(&api(&source).to_string(), &rights(&source).to_string()).unwrap();
    let made = document(Family::Space, &served, "a running service").unwrap();
    let (made, shipped) = (judged_by(&made), judged_by(SHIPPED));
    for list in ["permissions", "operations", "closed"] {
        let (made, shipped) = (made[list].as_array().unwrap(), shipped[list].as_array().unwrap());
        for entry in shipped {
            assert!(made.contains(entry), "{entry} of {list} is not made");
        }
        assert_eq!(made.len(), shipped.len(), "{list}");
    }
    assert_eq!(made, shipped);
}
