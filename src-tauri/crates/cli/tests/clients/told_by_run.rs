//! Which services `vk run` tells clients of.

use valetkey_testkit::Recorder;

use crate::program::{Folder, Ran, Served, ran};

/// Two services of one kind.
struct Two {
    folder: Folder,
    _gateway: Served,
    _service: Recorder,
}

impl Two {
    fn start() -> Self {
        let (folder, service) =
            (Folder::new(), Recorder::answering("HTTP/1.1 404 x\r\ncontent-length: 0\r\n\r\n"));
        folder.vk(&["init", "--vault", "file"]).ok();
        let gateway = folder.serve();
        for name in ["one", "two"] {
            let how = ["service", "add", name, "--kind", "openai", "--url", &service.url()];
            folder.vk_told("the-master-credential", &how).ok();
        }
        Self { folder, _gateway: gateway, _service: service }
    }

    /// The environment that a program gets, for a token with these grants.
    fn environment(&self, name: &str, grants: &[&str], options: &[&str]) -> Ran {
        let grants = grants.iter().flat_map(|grant| ["--grant", grant]);
        let words: Vec<&str> = ["token", "create", "--name", name].into_iter().chain(grants).collect();
        let token = self.folder.vk(&words).ok();
        let words = [&["run", "--token", name], options, &["--", "env"]].concat();
        let mut command = self.folder.command(&words);
        let inherited = [("OPENAI_ADMIN_KEY", "of-the-owner"), ("OPENAI_API_KEY", "of-the-owner")];
        ran(command.envs(inherited).env("VALETKEY_TOKEN", token).output().unwrap())
    }
}

fn value<'r>(ran: &'r Ran, variable: &str) -> Option<&'r str> {
    ran.out.lines().find_map(|line| line.strip_prefix(variable)?.strip_prefix('='))
}

const ONE: &str = "one:global:models.read";
const TWO: &str = "two:global:models.read";

#[test]
fn a_service_is_told_where_the_token_reaches_no_other_of_its_kind() {
    let two = Two::start();
    let told = two.environment("single", &[TWO], &[]);
    assert!(value(&told, "OPENAI_BASE_URL").unwrap().ends_with("/two/v1"), "{told:?}");
    assert!(value(&told, "OPENAI_API_KEY").unwrap().starts_with("vkey_"));
    assert_eq!(value(&told, "OPENAI_ADMIN_KEY"), None, "another key of the owner's does not go along");
    assert_eq!(told.err, "");
}

#[test]
fn of_two_that_it_reaches_the_owner_says_which() {
    let two = Two::start();
    let untold = two.environment("untold", &[ONE, TWO], &[]);
    assert_eq!(value(&untold, "OPENAI_BASE_URL"), None);
    assert_eq!(untold.err, "vk: clients of OpenAI are told nothing: say which with --service, of one, two\n");
    let told = two.environment("told", &[ONE, TWO], &["--service", "one"]);
    assert!(value(&told, "OPENAI_BASE_URL").unwrap().ends_with("/one/v1"), "{told:?}");
    assert_eq!(told.err, "");
    let both = two.environment("both", &[ONE], &["--service", "one", "--service", "two"]);
    assert!(both.err.contains("two of the services named are of the kind openai"), "{both:?}");
    let nowhere = two.environment("nowhere", &[ONE], &["--service", "three"]);
    assert!(nowhere.err.contains("no service is called “three”"), "{nowhere:?}");
}
