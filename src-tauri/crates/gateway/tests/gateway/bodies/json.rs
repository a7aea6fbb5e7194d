//! JSON, whose outermost names are parameters to such services.

use super::{PARAMETER, REFUSED, UNCLEAR_JSON, all_arrive, none_arrives};

const JSON: &str = "Content-Type: application/json\r\n";

#[test]
fn json_brings_no_other_method_identity_or_credential() {
    let spelt = |name: &&str| {
        let (first, rest) = (name.as_bytes()[0], &name[1..]);
        [
            format!("{{\"{name}\":1}}"),
            format!("{{\"{}\":1}}", name.to_uppercase()),
            format!("{{\"\\u{first:04x}{rest}\":1}}"),
            format!("{{\"%{first:02X}{rest}\":1}}"),
            format!(" {{\"a\":{{\"b\":[1,{{\"c\":\"}}\"}}]}},\"{name}\":\"root\"}}"),
            format!("{{\"a\":\"\\\\\",\"{name}\":1}}"),
            format!("{{\"a\":\"\\\"\",\"{name}\":1}}"),
            format!("{{\"{name}\":1,\"{name}\":2}}"),
            format!("{{\"{name}[]\":1}}"),
            format!("{{\" {name}\\u0000\":1}}"),
            format!("{{\"\\uFEFF{name}\":1}}"),
        ]
    };
    none_arrives("POST /form", JSON, PARAMETER, REFUSED.iter().flat_map(spelt));
    let kinds =
        ["text/json", "application/vnd.api+json; charset=\"utf-8\"", "Application/JSON", "application/json;"];
    for kind in kinds {
        none_arrives("POST /form", &format!("Content-Type: {kind}\r\n"), PARAMETER, [r#"{"sudo":1}"#]);
    }
}

#[test]
fn json_that_can_be_read_in_two_ways_is_refused() {
    let bodies = [
        "\u{feff}{\"sudo\":1}",
        r#"{/*"*/"sudo":1/*"*/}"#,
        "// {\n{\"sudo\":1}",
        r"{'sudo':1}",
        r"{sudo:1}",
        r#"{"a":NaN,"sudo":1}"#,
        r#"{"a":1}{"sudo":1}"#,
        r#"{"a":1,}"#,
        r#"{"a":1"#,
        r#"{"a" "sudo":1}"#,
        "{\"a\":\"\n\",\"sudo\":1}",
        r#"{"\ud800":1}"#,
        r#"{"\x73udo":1}"#,
        "sudo=1",
    ];
    none_arrives("POST /form", JSON, UNCLEAR_JSON, bodies);
    let deep = "[".repeat(200);
    none_arrives("POST /form", JSON, UNCLEAR_JSON, [deep]);
    // As UTF-16 has it.
    let wide: Vec<u8> = r#"{"sudo":1}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    none_arrives("POST /form", JSON, UNCLEAR_JSON, [wide]);
}

#[test]
fn other_json_arrives_byte_by_byte() {
    let long = format!("{{\"a\":\"{}\"}}", "sudo\\\"".repeat(1000));
    let bodies = [
        r"{}",
        r#"{"a":{"sudo":1},"b":[{"sudo":1}],"c":"sudo","d":-1.5e+3,"e":true,"f":null}"#,
        r#"[{"sudo":1}]"#,
        r#""sudo""#,
        " 12 ",
        "{\"title\":\"caf\u{e9} \\u00e9\",\"token\":1}",
        &long,
    ];
    all_arrive("POST /form", JSON, bodies);
}
