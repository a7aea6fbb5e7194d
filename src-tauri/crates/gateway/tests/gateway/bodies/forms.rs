//! Forms in one line.

use super::{LONG_NAME, PARAMETER, REFUSED, all_arrive, none_arrives};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |spelt, byte| spelt + &format!("%{byte:02X}"))
}

/// Spellings of a field that some server takes for the one called `name`.
fn spellings(name: &str) -> Vec<String> {
    let (first, rest) = name.split_at(1);
    vec![
        format!("{name}=1"),
        format!("{}=1", name.to_uppercase()),
        format!("{}=1", encoded(name)),
        format!("{}=1", encoded(name).to_lowercase()),
        format!("{}{rest}=1", encoded(first)),
        format!("+{name}=1"),
        format!("{name}+=1"),
        format!("%20%09{name}%20=1"),
        format!("%EF%BB%BF{name}=1"),
        format!("\u{feff}{name}=1"),
        format!("{name}%00=1"),
        format!("{name}[]=1"),
        format!("{name}[a][b]=1"),
        format!("{name}%5B%5D=1"),
        format!("[{name}]=1"),
        format!("%5B{name}%5D=1"),
        format!("]]{name}=1"),
        name.to_owned(),
        format!("{name}="),
        format!("{name}=1&{name}=2"),
        format!("a=1&{name}=1"),
        format!("a=1&{name}"),
        format!("a=1;{name}=1"),
        format!("a=1&&{name}=1&b=2"),
        format!("a=b=c&{name}=1"),
        format!("a=%26&{name}=1"),
        // PHP takes each of these for an underscore.
        format!("{}=1", name.replace('_', ".")),
        format!("a=1&{}=1", name.replace('_', "%2E")),
    ]
}

#[test]
fn a_form_brings_no_other_method_identity_or_credential() {
    none_arrives("POST /form", FORM, PARAMETER, REFUSED.iter().flat_map(|name| spellings(name)));
}

#[test]
fn it_does_not_whatever_the_method_is_and_however_its_type_is_written() {
    for line in ["PUT /form", "DELETE /form"] {
        none_arrives(line, FORM, PARAMETER, ["a=1&sudo=root"]);
    }
    for kind in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "APPLICATION/X-WWW-Form-Urlencoded",
        "application/x-www-form-urlencoded;",
        "application/x-www-form-urlencoded ; charset=\"utf-8\"; a=b",
        "\tapplication/x-www-form-urlencoded",
    ] {
        none_arrives("POST /form", &format!("Content-Type: {kind}\r\n"), PARAMETER, ["a=1&sudo=root"]);
    }
}

#[test]
fn a_name_that_nobody_needs_to_be_so_long_hides_nothing() {
    let padded = format!("{}sudo=1", "%20".repeat(1000));
    none_arrives("POST /form", FORM, LONG_NAME, [padded.clone(), format!("a=1&{padded}")]);
}

#[test]
fn other_forms_arrive_byte_by_byte() {
    let long = format!("a={}&b=2", "sudo&".replace('&', "%26").repeat(2000));
    let bodies = [
        "a=1",
        "title=sudo&body=_method%3Ddelete%26sudo%3D1",
        "user[sudo]=1&user%5Bprivate_token%5D=2",
        "pseudo=1&sudoku=2&method=x&token=3",
        "a=\u{0}\u{1}\u{7f}&b=%zz&c",
        "=&=&&;",
        &long,
    ];
    all_arrive("POST /form", FORM, bodies);
}
