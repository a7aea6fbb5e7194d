//! Forms in parts, as uploads come.

use super::{PARAMETER, REFUSED, UNCLEAR_PARTS, UNCLEAR_TYPE, all_arrive, none_arrives};

const PARTS: &str = "Content-Type: multipart/form-data; boundary=b\r\n";

fn part(head: &str) -> String {
    format!("--b\r\n{head}\r\n\r\nvalue\r\n--b--\r\n")
}

fn named(parameters: &str) -> String {
    part(&format!("Content-Disposition: form-data; {parameters}"))
}

/// A part before and a part behind.
fn between(parameters: &str) -> String {
    let first = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n\0\r\n--\r\n";
    format!(
        "{first}\r\n{}--b\r\nContent-Disposition: form-data; name=\"z\"\r\n\r\n\r\n--b--\r\n",
        named(parameters).strip_suffix("--b--\r\n").unwrap()
    )
}

#[test]
fn a_part_brings_no_other_method_identity_or_credential() {
    let spelt = |name: &&str| {
        let upper = name.to_uppercase();
        [
            named(&format!("name=\"{name}\"")),
            named(&format!("name={name}")),
            named(&format!("NAME=\"{upper}\"")),
            named(&format!("name=\"{name}[]\"")),
            named(&format!("name=\" {name} \"")),
            named(&format!("name=\"[{name}]\"")),
            named(&format!("name=\"%{:02x}{}\"", name.as_bytes()[0], &name[1..])),
            named(&format!("name=\"{name}\"; filename=\"a.txt\"")),
            named(&format!("filename=\"a.txt\"; name=\"{name}\"")),
            between(&format!("name=\"{name}\"")),
        ]
    };
    none_arrives("POST /form", PARTS, PARAMETER, REFUSED.iter().flat_map(spelt));
    none_arrives("PUT /form", PARTS, PARAMETER, [named("name=\"sudo\"")]);
}

#[test]
fn a_part_whose_name_can_be_read_in_two_ways_is_refused() {
    let parameters = [
        "name=\"a\"; name=\"sudo\"",
        "name=\"sudo\"; name=\"a\"",
        "name*=UTF-8''sudo",
        "name=\"a\"; name*=UTF-8''sudo",
        "name*0=\"su\"; name*1=\"do\"",
        "filename=\"sudo\"",
        "name=\"\"; filename=\"sudo\"",
        "name=\"a; name=sudo\"",
        "name=\"a\"; filename*=UTF-8''x;name=sudo",
        "name=\"a\\\"; name=\"sudo\"",
        "name=\"su\\do\"",
        "name=\"a\"; filename=\"; name=sudo\"",
        "name=\"a\"; filename=\"x\\\"; name=\\\"sudo\"",
        "name=\"a\"; filename=x\"; name=\"sudo\"",
        "name = \"sudo\"",
        "name=\"a\"; other=\"b\"",
        "name=\"a\";",
        "name=",
        "name=\"a",
        "name=\"sudo\0\"",
    ];
    none_arrives("POST /form", PARTS, UNCLEAR_PARTS, parameters.map(named));
    let heads = [
        "Content-Type: text/plain",
        "Content-Disposition: attachment; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"sudo\"",
        "Content-Disposition: form-data;\r\n name=\"sudo\"",
        "Content-Disposition: form-data; name=\"a\"\r\n\tname=\"sudo\"",
        "Content-Disposition: form-data; name=\"a\"\nContent-Disposition: form-data; name=\"sudo\"",
        "Content-Disposition: form-data; name=\"a\"\rContent-Disposition: form-data; name=\"sudo\"",
        "Content-Disposition : form-data; name=\"a\"",
        " Content-Disposition: form-data; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c",
        "no colon",
        "X-Content-Disposition: form-data; name=\"sudo\"\r\nContent-Disposition: form-data; name=\"a\"",
        "X: Content-Disposition: form-data; name=\"sudo\"\r\nContent-Disposition: form-data; name=\"a\"",
    ];
    none_arrives("POST /form", PARTS, UNCLEAR_PARTS, heads.map(part));
}

#[test]
fn parts_that_can_be_parted_in_two_ways_are_refused() {
    let good = named("name=\"a\"");
    let hidden = named("name=\"sudo\"");
    let bodies = [
        format!("preamble\r\n{hidden}"),
        format!("\r\n{hidden}"),
        format!("{good}epilogue"),
        format!("{good}{hidden}"),
        good.replace("--b--\r\n", ""),
        good.replace("--b--\r\n", "--b"),
        good.replace("--b--\r\n", "--b-\r\n"),
        good.replace("value", &format!("value\n{hidden}")),
        good.replace("value", "value\r\n--b \r\nContent-Disposition: form-data; name=\"sudo\"\r\n\r\n"),
        good.replace("value", "value --b value"),
        good.replace("value", "value\r\n--bb\r\n"),
        good.replace("value\r\n", ""),
        good.replace("\r\n", "\n"),
        good.replace("name=\"a\"", &format!("name=\"a\"\r\nX-Long: {}", "x".repeat(5000))),
        "--b\r\n".to_owned(),
        "sudo=root".to_owned(),
    ];
    none_arrives("POST /form", PARTS, UNCLEAR_PARTS, bodies);
}

#[test]
fn a_boundary_that_is_not_the_same_for_everyone_is_refused() {
    for parameters in [
        "",
        "; boundary=",
        "; boundary=a; boundary=b",
        "; xboundary=a; boundary=b",
        "; boundary=\"b",
        "; boundary=b\"",
        "; boundary=\"a b\"",
        "; boundary=b c",
        "; boundary*=UTF-8''b",
        "; boundary*0=b",
        "; charset=utf-16; boundary=b",
        ", application/json; boundary=b",
    ] {
        let fields = format!("Content-Type: multipart/form-data{parameters}\r\n");
        none_arrives("POST /form", &fields, UNCLEAR_TYPE, [named("name=\"a\"")]);
    }
    let long = format!("Content-Type: multipart/form-data; boundary={}\r\n", "b".repeat(71));
    none_arrives("POST /form", &long, UNCLEAR_TYPE, [named("name=\"a\"")]);
    for kind in ["multipart/mixed; boundary=b", "multipart/related; boundary=b", "multipart/x; boundary=b"] {
        none_arrives("POST /form", &format!("Content-Type: {kind}\r\n"), UNCLEAR_TYPE, [named("name=\"a\"")]);
    }
}

#[test]
fn other_parts_arrive_byte_by_byte() {
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let upload = [
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sudo\"\r\nContent-Type: application/octet-stream\r\n\r\n".as_slice(),
        &binary,
        b"\r\n--\r\n--B\r\n--b",
    ]
    .concat();
    let closed = [&upload[..], b"--\r\n"].concat();
    let bodies = [
        named("name=\"title\"").into_bytes(),
        named("name=title").into_bytes(),
        named("name=\"user[sudo]\"").into_bytes(),
        named("filename=\"a.txt\"; name=\"file\"").into_bytes(),
        named("name=\"file\"; filename=\"C:\\x.txt\"; filename*=UTF-8''x.txt").into_bytes(),
        between("name=\"pseudo\"").into_bytes(),
        b"--b--".to_vec(),
        closed,
    ];
    all_arrive("POST /form", PARTS, bodies);
    let fields = "Content-Type: Multipart/Form-Data; charset=utf-8; boundary=\"b\"\r\n";
    all_arrive("POST /form", fields, [named("name=\"a\"")]);
}
