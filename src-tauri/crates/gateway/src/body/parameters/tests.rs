mod judges;

use proptest::prelude::*;

use super::*;

/// What a scan says of `body` in portions of this size.
fn scan(media: &Media, body: &[u8], portion: usize) -> Result<(), BodyError> {
    let refused: Vec<Box<str>> = ["sudo", "private_token"].map(Into::into).to_vec();
    let mut scan = Scan::new(media, &refused);
    for bytes in body.chunks(portion.max(1)) {
        scan.feed(bytes)?;
    }
    scan.finish()
}

/// The same in any portions.
fn scanned(media: &Media, body: impl AsRef<[u8]>) -> Result<(), BodyError> {
    let body = body.as_ref();
    let whole = scan(media, body, body.len());
    for portion in 1..body.len() {
        assert_eq!(scan(media, body, portion), whole, "{portion} of {}", String::from_utf8_lossy(body));
    }
    whole
}

#[test]
fn a_form_has_no_refused_field_in_any_spelling() {
    for bad in [
        "sudo=root",
        "a=1&sudo=root",
        "a=1;sudo=root",
        "SUDO=root",
        "s%75do=root",
        "%73%75%64%6F",
        "+sudo=1",
        "%20%09sudo%20=1",
        "sudo%00=1",
        "sudo[]=1",
        "sudo[a][b]=1",
        "[sudo]=1",
        "%5Bsudo%5D=1",
        "]]sudo=1",
        "a=1&&sudo",
        "a=b=c&sudo=1",
        "_method=delete",
        "a=1&_METHOD=PUT",
        "X-HTTP-Method-Override=PUT",
        "private_token=x&private_token=y",
    ] {
        assert_eq!(scanned(&Media::Form, bad), Err(BodyError::ParameterRefused), "{bad}");
    }
    for good in ["", "a=1", "title=sudo&body=_method%3Dx", "user[sudo]=1", "pseudo=1&sudoku=2", "method=x"] {
        assert_eq!(scanned(&Media::Form, good), Ok(()), "{good}");
    }
    let padded = format!("{}sudo=1", "%20".repeat(1000));
    assert_eq!(scan(&Media::Form, padded.as_bytes(), 100), Err(BodyError::FieldName));
    assert_eq!(scan(&Media::Form, format!("a={}", "x".repeat(100_000)).as_bytes(), 999), Ok(()));
}

fn part(head: &str) -> String {
    format!("--b\r\n{head}\r\n\r\nvalue\r\n--b--\r\n")
}

fn multipart(body: impl AsRef<[u8]>) -> Result<(), BodyError> {
    scanned(&Media::Multipart(b"b".to_vec()), body)
}

#[test]
fn a_part_is_named_in_one_way() {
    let named = |parameters: &str| part(&format!("Content-Disposition: form-data; {parameters}"));
    for good in [
        "name=\"title\"",
        "name=title",
        "name=\"file\"; filename=\"sudo\"",
        "filename=\"a.txt\"; name=\"file\"",
        "name=\"file\"; filename=\"C:\\x.txt\"; filename*=UTF-8''x.txt",
        "name=\"user[sudo]\"",
    ] {
        assert_eq!(multipart(named(good)), Ok(()), "{good}");
    }
    assert_eq!(multipart("--b--"), Ok(()));
    let two = "--b\r\ncontent-disposition: form-data; name=\"a\"\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nx\r\n--\r\n--b--\r\n";
    assert_eq!(multipart(two), Ok(()));
    for refused in [
        "name=\"sudo\"",
        "name=sudo",
        "NAME=\"Sudo\"",
        "name=\"_method\"",
        "name=\"s%75do\"",
        "filename=\"x\"; name=\" sudo[]\"",
    ] {
        assert_eq!(multipart(named(refused)), Err(BodyError::ParameterRefused), "{refused}");
    }
    let second = two.replace("\"c\"", "\"sudo\"");
    assert_eq!(multipart(second), Err(BodyError::ParameterRefused));
    for unclear in [
        "name=\"a\"; name=\"sudo\"",
        "name*=UTF-8''sudo",
        "name=\"a\"; name*=UTF-8''sudo",
        "filename=\"x\"",
        "name=\"\"; filename=\"sudo\"",
        "name=\"a; name=sudo\"",
        "name=\"a\\\"; name=\"sudo\"",
        "name=\"su\\do\"",
        "name=\"a\"; filename=\"; name=sudo\"",
        "name=\"a\"; filename=\"x\\\"; name=\\\"sudo\"",
        "name = \"sudo\"",
        "name=\"a\"; other=\"b\"",
        "name=\"a\";",
        "name=",
        "name=\"a",
    ] {
        assert_eq!(multipart(named(unclear)), Err(BodyError::Multipart), "{unclear}");
    }
    for head in [
        "Content-Type: text/plain",
        "Content-Disposition: attachment; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"sudo\"",
        "Content-Disposition: form-data;\r\n name=\"sudo\"",
        "Content-Disposition: form-data; name=\"a\"\nContent-Disposition: form-data; name=\"sudo\"",
        "Content-Disposition : form-data; name=\"a\"",
        "no colon",
        "X-Content-Disposition: form-data; name=\"sudo\"\r\nContent-Disposition: form-data; name=\"a\"",
        "X: Content-Disposition: form-data; name=\"sudo\"\r\nContent-Disposition: form-data; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c",
    ] {
        assert_eq!(multipart(part(head)), Err(BodyError::Multipart), "{head}");
    }
}

#[test]
fn parts_are_parted_in_one_way() {
    let good = part("Content-Disposition: form-data; name=\"a\"");
    for bad in [
        good.replacen("--b", "preamble\r\n--b", 1),
        good.replacen("--b", "\r\n--b", 1),
        format!("{good}more"),
        good.replace("--b--\r\n", ""),
        good.replace("--b--\r\n", "--b"),
        good.replace("\r\nvalue", "\r\nvalue\n--b\r\nContent-Disposition: form-data; name=\"sudo\"\r\n\r\n"),
        good.replace("value", "value --b value"),
        good.replace("value", "value\r\n--b value"),
        good.replace("value\r\n", ""),
        good.replace("value", "value\r\n--bb\r\n"),
        good.replace("\r\n", "\n"),
        "--b\r\n".to_owned(),
        String::new(),
    ] {
        assert_eq!(multipart(&bad), Err(BodyError::Multipart), "{bad:?}");
    }
    assert_eq!(multipart(good.replace("value", "value\r\n--c\r\n-- b\r\n-\r\n--\r\n")), Ok(()));
}

#[test]
fn json_has_no_refused_name_at_its_top() {
    for bad in [
        r#"{"sudo":1}"#,
        r#" {"a":{"b":[1,{"c":"}"}]},"sudo":"root"}"#,
        r#"{"\u0073udo":1}"#,
        r#"{"a":"\\","sudo":1}"#,
        r#"{"a":"\"","Sudo":1}"#,
        r#"{"_method":"delete"}"#,
        r#"{"private_token":"x","private_token":"y"}"#,
        r#"{"sudo[]":1}"#,
    ] {
        assert_eq!(scanned(&Media::Json, bad), Err(BodyError::ParameterRefused), "{bad}");
    }
    for good in [
        "",
        r"{}",
        r"[ ]",
        r#"{"a":{"sudo":1},"b":[{"sudo":1}],"c":"sudo","d":-1.5e+3,"e":true,"f":null}"#,
        r#"[{"sudo":1}]"#,
        r#""sudo""#,
        "12",
    ] {
        assert_eq!(scanned(&Media::Json, good), Ok(()), "{good}");
    }
    for malformed in [
        r#"{"a":1,"#,
        r#"{"a":1,}"#,
        r#"{"a" "sudo":1}"#,
        r#"{/*"*/"sudo":1/*"*/}"#,
        r#"// {"
        {"sudo":1}"#,
        r"{'sudo':1}",
        r"{sudo:1}",
        r#"{"a":NaN}"#,
        r#"{"a":1}{"sudo":1}"#,
        "{\"a\":\"\n\"}",
        r#"{"\ud800":1}"#,
        r#"{"\x73udo":1}"#,
        "{\"a\":]}",
        "\u{feff}{\"sudo\":1}",
    ] {
        assert_eq!(scanned(&Media::Json, malformed), Err(BodyError::Json), "{malformed}");
    }
    assert_eq!(scan(&Media::Json, "[".repeat(200).as_bytes(), 7), Err(BodyError::Json));
}

#[test]
fn what_says_nothing_is_judged_as_json_where_it_could_be_that() {
    for bad in [r#"{"sudo":1}"#, " \r\n {\"sudo\":1}", "\u{feff}{\"sudo\":1}"] {
        assert_eq!(scanned(&Media::Unlabelled, bad), Err(BodyError::ParameterRefused), "{bad}");
    }
    assert_eq!(scanned(&Media::Unlabelled, r#"/* */ {"sudo":1}"#), Err(BodyError::Json));
    for good in ["", "   ", "sudo=1", "\u{1}\u{2}{\"sudo\":1}", r#"{"a":1}"#] {
        assert_eq!(scanned(&Media::Unlabelled, good), Ok(()), "{good}");
    }
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-12.5e3".to_owned()),
        "[a-z\\\\\"\u{e9}]{0,4}".prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = prop_oneof![Just("sudo".to_owned()), "[a-z\"\\\\]{0,4}"];
        let member = (name, inner.clone())
            .prop_map(|(name, value)| format!("{}: {value}", serde_json::Value::from(name)));
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(|list| format!("[{}]", list.join(" ,"))),
            proptest::collection::vec(member, 0..4).prop_map(|list| format!("{{{}}}", list.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_scan_panic(body in proptest::collection::vec(any::<u8>(), 0..300), portion in 1usize..40) {
        for media in [Media::Form, Media::Multipart(b"b".to_vec()), Media::Json, Media::Unlabelled] {
            let _ = scan(&media, &body, portion);
        }
    }

    #[test]
    fn json_is_judged_as_a_parser_reads_it(text in json(), portion in 1usize..20) {
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let named = value.as_object().is_some_and(|members| members.contains_key("sudo"));
        let expected = if named { Err(BodyError::ParameterRefused) } else { Ok(()) };
        prop_assert_eq!(scan(&Media::Json, text.as_bytes(), portion), expected);
    }

    #[test]
    fn what_a_parser_refuses_is_refused(text in json(), cut in any::<prop::sample::Index>(), letter in "[\\[\\]{},:\"0a/]") {
        let mut edited: Vec<char> = text.chars().collect();
        let place = cut.index(edited.len());
        edited.insert(place, letter.chars().next().unwrap());
        let edited: String = edited.into_iter().collect();
        let taken = serde_json::from_str::<serde_json::Value>(&edited);
        let scanned = scan(&Media::Json, edited.as_bytes(), 3);
        if let Ok(value) = taken {
            let named = value.as_object().is_some_and(|members| members.contains_key("sudo"));
            // A doubled name of another spelling is found here and not there.
            prop_assert!(if named { scanned.is_err() } else { scanned != Err(BodyError::Json) }, "{}", edited);
        } else {
            // Numbers, and the digits of an escape in a value, are not looked into.
            let lenient = edited.contains(['0', '1', '2', '3', '5', '-', '.', 'e']) || edited.contains("\\u");
            prop_assert!(scanned.is_err() || lenient, "{}", edited);
        }
    }
}
