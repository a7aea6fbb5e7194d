//! Tokens, services and settings come back as they were saved, or not at all.

use std::path::Path;

use valetkey_core::{
    grant::Access,
    ports::{StoreFailure, TokenStore},
    rights::{Rights, RightsSource},
    service::{BaseUrl, CredentialForm, DefinitionSource, Service, ServiceName},
    token::{Note, Status, Token, TokenName},
};
use valetkey_store::{Error, Store};

use crate::{at, grants, profile, raw, revoked, token};

fn service(name: &str, rights: Rights) -> Service {
    Service {
        name: ServiceName::parse(name).unwrap(),
        kind: "gitlab".into(),
        base_url: BaseUrl::parse("https://gitlab.example.com:8443/gitlab/api").unwrap(),
        credential_form: CredentialForm::Header { name: "PRIVATE-TOKEN".into() },
        definition: DefinitionSource::Owner("{\"name\":\"own\"}".into()),
        rights_source: RightsSource::Service { at: at(6) },
        rights,
        scopes: Some("api, read_user".into()),
        credential_expires: Some(at(99)),
        identity: Some("Ädith".into()),
        created: at(-5),
        checked: Some(at(7)),
    }
}

fn some_rights() -> Rights {
    let right = |context: &str, permission: &str| (context.parse().unwrap(), permission.parse().unwrap());
    Rights::Only([right("global", "issue.view"), right("project=42", "*"), right("user", "read")].into())
}

fn count(directory: &Path, table: &str) -> i64 {
    raw(directory).query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn tokens_services_and_settings_read_back_equal_after_reopening() {
    let directory = profile();
    let full = Token {
        access: Access::Full,
        note: Note::default(),
        status: Status::Disabled,
        expires: None,
        proxy: false,
        ..token("Überblick 🔑")
    };
    let mut tokens = vec![token("one"), full, revoked(&token("two"))];
    tokens.sort_by_key(|token| token.id);
    let plain = Service {
        credential_form: CredentialForm::Bearer,
        definition: DefinitionSource::Catalog,
        rights_source: RightsSource::Unknown,
        scopes: None,
        credential_expires: None,
        identity: None,
        checked: None,
        ..service("a", Rights::All)
    };
    let told = Service {
        definition: DefinitionSource::Service { document: "{}".into(), read: at(9) },
        ..service("d", Rights::All)
    };
    let declared =
        Service { rights_source: RightsSource::Owner { at: at(8) }, ..service("c", Rights::Only([].into())) };
    let services = vec![plain, service("b", some_rights()), declared, told];

    let mut store = Store::open(directory.path()).unwrap();
    store.save_tokens(&tokens).unwrap();
    for service in &services {
        store.save_service(service).unwrap();
    }
    store.save_setting("port", "1").unwrap();
    store.save_setting("port", "7743").unwrap();
    drop(store);

    let store = Store::open(directory.path()).unwrap();
    let contents = store.load().unwrap();
    assert_eq!(contents.tokens, tokens);
    assert_eq!(contents.services, services);
    assert_eq!(contents.settings.into_iter().collect::<Vec<_>>(), [("port".into(), "7743".into())]);
    assert_eq!(store.setting("port").unwrap().as_deref(), Some("7743"));
    assert_eq!(store.setting("owner").unwrap(), None);
}

#[test]
fn saving_again_replaces_the_record_and_leaves_no_old_grant_or_right() {
    let directory = profile();
    let mut store = Store::open(directory.path()).unwrap();
    let first = token("ci");
    store.save_token(&first).unwrap();
    let narrowed = Token { access: Access::Limited(grants(&["gitlab:user:read"])), ..first.clone() };
    store.save_token(&narrowed).unwrap();
    assert_eq!(store.load().unwrap().tokens, [narrowed]);
    let widened = Token { access: Access::Full, ..first };
    store.save_token(&widened).unwrap();
    assert_eq!(store.load().unwrap().tokens, [widened]);
    assert_eq!(count(directory.path(), "grants"), 0);

    store.save_service(&service("b", some_rights())).unwrap();
    store.save_service(&service("b", Rights::All)).unwrap();
    assert_eq!(store.load().unwrap().services, [service("b", Rights::All)]);
}

#[test]
fn what_is_forgotten_is_gone_and_forgetting_twice_is_no_error() {
    let directory = profile();
    let mut store = Store::open(directory.path()).unwrap();
    let token = token("ci");
    store.save_token(&token).unwrap();
    store.save_service(&service("gitlab", some_rights())).unwrap();
    for _ in 0..2 {
        store.forget_service(&ServiceName::parse("gitlab").unwrap()).unwrap();
    }
    let contents = store.load().unwrap();
    assert_eq!(contents.services, []);
    assert_eq!(contents.tokens, std::slice::from_ref(&token), "a grant outlives its service, inactive");
    for _ in 0..2 {
        store.forget_token(token.id).unwrap();
    }
    assert_eq!(store.load().unwrap().tokens, []);
    assert_eq!((count(directory.path(), "grants"), count(directory.path(), "rights")), (0, 0));
}

#[test]
fn a_live_tokens_name_is_taken_in_any_case_and_a_revoked_tokens_name_is_free_again() {
    let directory = profile();
    let mut store = Store::open(directory.path()).unwrap();
    let first = token("Écriture");
    store.save_token(&first).unwrap();
    let second = Token { name: TokenName::parse("éCRITURE").unwrap(), ..token("x") };
    assert!(matches!(store.save_token(&second), Err(StoreFailure::Failed(_))));
    assert_eq!(store.load().unwrap().tokens, std::slice::from_ref(&first));

    store.save_token(&revoked(&first)).unwrap();
    store.save_token(&second).unwrap();
    assert!(store.save_token(&first).is_err(), "the first can't come back under that name");
    assert_eq!(store.load().unwrap().tokens.len(), 2);
}

#[test]
fn several_tokens_are_saved_all_or_none() {
    let directory = profile();
    let mut store = Store::open(directory.path()).unwrap();
    let (first, second) = (token("first"), token("second"));
    assert!(store.save_tokens(&[first.clone(), second.clone(), token("FIRST")]).is_err());
    assert_eq!(store.load().unwrap().tokens, []);
    assert_eq!(count(directory.path(), "grants"), 0);
    store.save_tokens(&[first.clone(), second.clone()]).unwrap();
    store.save_tokens(&[revoked(&first), revoked(&second)]).unwrap();
    assert!(store.load().unwrap().tokens.iter().all(Token::is_revoked));
    store.save_tokens(&[]).unwrap();
}

#[test]
fn a_row_that_can_not_be_read_is_an_error_that_names_its_table() {
    for (table, edit) in [
        ("tokens", "UPDATE tokens SET id = '********'"),
        ("tokens", "UPDATE tokens SET name = ''"),
        ("tokens", "UPDATE tokens SET note = 'a' || char(8238)"),
        ("tokens", "UPDATE tokens SET name = CAST(x'FF' AS TEXT)"),
        ("tokens", "UPDATE tokens SET access = 'full'"),
        ("grants", "UPDATE grants SET permission = 'a:b'"),
        ("grants", "UPDATE grants SET context = 'repository='"),
        ("grants", "UPDATE grants SET service = 'GitHub'"),
        ("rights", "UPDATE rights SET context = ''"),
        ("services", "UPDATE services SET rights = 'all'"),
        ("services", "UPDATE services SET base_url = 'http://example.com'"),
        ("services", "UPDATE services SET credential_form = 'cookie'"),
        ("settings", "UPDATE settings SET value = CAST(x'C0' AS TEXT)"),
    ] {
        let directory = profile();
        let mut store = Store::open(directory.path()).unwrap();
        let one = Token { access: Access::Limited(grants(&["github:global:a"])), ..token("one") };
        store.save_token(&one).unwrap();
        let one_right = Rights::Only([("global".parse().unwrap(), "a".parse().unwrap())].into());
        store.save_service(&service("gitlab", one_right)).unwrap();
        store.save_setting("port", "7743").unwrap();
        let edited = raw(directory.path());
        edited.pragma_update(None, "foreign_keys", false).unwrap();
        edited.execute_batch(edit).unwrap();
        let loaded = store.load();
        assert!(
            matches!(loaded, Err(Error::Damaged { table: named }) if named == table),
            "{edit}: {loaded:?}"
        );
    }
}

#[test]
fn no_flipped_byte_of_the_file_makes_opening_or_loading_panic() {
    let template = profile();
    let mut store = Store::open(template.path()).unwrap();
    store.save_token(&token("one")).unwrap();
    store.save_service(&service("gitlab", some_rights())).unwrap();
    drop(store);
    let good = std::fs::read(template.path().join("valetkey.db")).unwrap();
    let path = template.path().join("valetkey.db");
    let mut place = 0;
    for round in 0..400_usize {
        // A stride that shares no factor with the page size, so that every part of a page has its turn.
        place = (place + 7_919 * (round + 1)) % good.len();
        let mut bad = good.clone();
        bad[place] ^= u8::try_from(round % 255).unwrap() + 1;
        std::fs::write(&path, &bad).unwrap();
        if let Ok(store) = Store::open(template.path()) {
            drop(store.load());
        }
        for companion in ["valetkey.db-wal", "valetkey.db-shm"] {
            drop(std::fs::remove_file(template.path().join(companion)));
        }
    }
}

#[test]
fn what_a_service_accepts_is_kept_by_operation_and_goes_with_the_service() {
    let directory = profile();
    let mut store = Store::open(directory.path()).unwrap();
    let service = service("gitlab", Rights::All);
    store.save_service(&service).unwrap();
    for text in ["issues=read", "issues=write"] {
        store.save_accepted(&service.name, "GET /issues", text).unwrap();
    }
    store.save_accepted(&ServiceName::parse("gone").unwrap(), "GET /issues", "issues=write").unwrap();
    drop(store);
    let mut store = Store::open(directory.path()).unwrap();
    let accepted = store.load().unwrap().accepted;
    assert_eq!(accepted.len(), 1);
    let kept: Vec<_> =
        accepted[&service.name].iter().map(|(operation, text)| (&**operation, &**text)).collect();
    assert_eq!(kept, [("GET /issues", "issues=write")]);

    store.save_service(&service).unwrap();
    assert_eq!(store.load().unwrap().accepted.len(), 1, "another record of it changes nothing");
    store.forget_service(&service.name).unwrap();
    assert_eq!(count(directory.path(), "accepted"), 0);
}
