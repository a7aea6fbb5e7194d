//! What a scan lets pass, read once more by readers that are not ours, and by the most forgiving one that there could be.

use proptest::{prelude::*, sample::select};

use super::{Media, part, scan};

/// As servers compare names: without what they drop around them, in any letter case.
fn is_refused(name: &str) -> bool {
    let name = name.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control());
    let name = name.trim_start_matches(['[', ']']).split('[').next().unwrap_or_default().to_lowercase();
    ["sudo", "private_token", "_method"].contains(&name.as_str())
}

/// Names of the parts, by multer; those before it gives up.
fn by_multer(body: &[u8]) -> Vec<String> {
    let mut reader = multer::Multipart::with_reader(body, "b");
    let mut names = Vec::new();
    let reading = async {
        while let Ok(Some(field)) = reader.next_field().await {
            names.extend(field.name().map(ToOwned::to_owned));
        }
    };
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(reading);
    names
}

/// Whatever stands behind a `name=` on a line that speaks of a content-disposition, as readers find it that look for words (Rack 2).
fn by_anybody(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body).to_lowercase().replace("\r\n", "\n").replace('\r', "\n");
    let heads = text.split("--b").skip(1).filter_map(|part| part.split("\n\n").next());
    let lines = heads.flat_map(str::lines).filter_map(|line| line.split_once("content-disposition:"));
    let mut names = Vec::new();
    for (_, line) in lines {
        for (place, found) in line.match_indices("name=") {
            // `filename=` names no part.
            if line[..place].ends_with(|letter: char| letter.is_ascii_alphanumeric()) {
                continue;
            }
            let value = &line[place + found.len()..];
            let value = match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split([';', '"', ' ']).next(),
            };
            names.extend(value.map(ToOwned::to_owned));
        }
    }
    names
}

/// What a body in parts is made of, and what has been put between to deceive.
fn pieces() -> impl Strategy<Value = &'static str> {
    select(vec![
        "--b",
        "--b--",
        "--",
        "b",
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        " ",
        "\t",
        ";",
        "; ",
        "\"",
        "\\",
        "\\\"",
        "=",
        ":",
        "Content-Disposition: form-data",
        "Content-Disposition: form-data; name=\"a\"",
        "content-type: text/plain",
        "X-",
        "X: ",
        "; name=sudo",
        "name=\"sudo\"",
        "name=sudo",
        "name=\"\"",
        "NAME=\"Sudo\"",
        "filename=\"sudo\"",
        "filename=\"x\"",
        "name*=UTF-8''sudo",
        "name*0=\"su\"; name*1=\"do\"",
        "sudo",
        "s%75do",
        "value",
        "\0",
        "\u{feff}",
        "=?utf-8?Q?sudo?=",
    ])
}

fn good() -> String {
    let first =
        part("Content-Disposition: form-data; name=\"a\"; filename=\"x.txt\"\r\nContent-Type: text/plain");
    first.replace("--b--\r\n", "--b\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nmore\r\n--b--\r\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn parts_that_pass_name_nothing_that_is_refused_to_other_readers(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..30, pieces()), 1..6),
        portion in 1usize..50,
    ) {
        let mut body = good().into_bytes();
        for (place, removed, piece) in edits {
            let place = place.index(body.len() + 1);
            let end = (place + removed).min(body.len());
            body.splice(place..end, piece.bytes());
        }
        if scan(&Media::Multipart(b"b".to_vec()), &body, portion).is_ok() {
            for name in by_multer(&body).into_iter().chain(by_anybody(&body)) {
                prop_assert!(!is_refused(&name), "{} in {}", name, String::from_utf8_lossy(&body));
            }
        }
    }

    #[test]
    fn plain_parts_are_judged_as_another_reader_names_them(
        parts in proptest::collection::vec(
            (prop_oneof!["[a-z_]{1,8}", select(vec!["sudo", "Sudo", "_method", "sudo[]", "a[sudo]", " sudo"]).prop_map(Into::into)],
             proptest::collection::vec(any::<u8>(), 0..40)),
            1..5),
        portion in 1usize..50,
    ) {
        let mut body = Vec::new();
        for (name, value) in &parts {
            body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes());
            body.extend(value);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        let names = by_multer(&body);
        prop_assume!(names.len() == parts.len());
        let passes = scan(&Media::Multipart(b"b".to_vec()), &body, portion).is_ok();
        prop_assert_eq!(passes, !names.iter().any(|name| is_refused(name)));
    }

    #[test]
    fn forms_are_judged_as_another_reader_names_their_fields(
        body in "(sudo|private_token|_method|[a-z%+&=\\[\\]]|%5[bBdD]|%20|%00|%73|%C3%A9|%|&|=){0,24}",
        portion in 1usize..20,
    ) {
        let passes = scan(&Media::Form, body.as_bytes(), portion).is_ok();
        let names: Vec<_> = form_urlencoded::parse(body.as_bytes()).map(|(name, _)| name.into_owned()).collect();
        if passes {
            for name in &names {
                prop_assert!(!is_refused(name), "{} in {}", name, body);
            }
        } else {
            // It is stricter: what a bracket in the middle or a dot may mean to some is not told apart.
            let near = |name: &String| {
                let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
                ["sudo", "privatetoken", "method"].iter().any(|refused| plain.contains(refused))
            };
            prop_assert!(names.iter().any(near), "{} refused", body);
        }
    }
}
