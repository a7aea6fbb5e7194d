//! Targets: paths and queries that some gateway read otherwise than the service behind it.

use super::lines;

#[test]
fn row_1_dot_segments_in_any_spelling() {
    lines(
        400,
        &[
            "/up/allowed/../admin",
            "/up/allowed/%2e%2e/admin",
            "/up/allowed/.%2e/admin",
            "/up/allowed/%2E%2E/admin",
            "/up/./allowed",
            "/up/allowed/..",
        ],
    );
}

#[test]
fn row_2_encoded_separators_and_backslashes() {
    lines(
        400,
        &[
            "/up/allowed%2Fadmin",
            "/up/allowed%2fadmin",
            "/up/allowed%5Cadmin",
            "/up/allowed\\admin",
            "/up\\allowed",
        ],
    );
}

#[test]
fn row_3_parameters_controls_and_fragments() {
    lines(
        400,
        &[
            "/up/allowed;/../admin",
            "/up/allowed;x=1",
            "/up/allowed%00",
            "/up/allowed%0d%0aX:y",
            "/up/allowed%0D%0A",
            "/up/allowed#",
            "/up/allowed#/admin",
            "/up/allowed%7F",
        ],
    );
    // An encoded `#` is data in a segment; no operation has it, so it is refused for want of one.
    lines(403, &["/up/allowed%23"]);
}

#[test]
fn row_4_the_query_is_no_part_of_the_path() {
    lines(403, &["/up/admin?x=/allowed", "/up/admin?/allowed"]);
}

#[test]
fn row_5_double_encoding() {
    lines(400, &["/up/%252e%252e/admin", "/up/allowed%252Fadmin", "/up/%25"]);
}

#[test]
fn row_6_case_and_prefix() {
    lines(403, &["/up/ALLOWED", "/up/allowedX", "/up/allowed/", "/up/allowe", "/up/allowed/x"]);
    lines(404, &["/UP/allowed", "/upx/allowed"]);
}

#[test]
fn row_7_empty_segments() {
    lines(400, &["//admin", "//up/allowed", "/up//allowed", "/up/allowed//admin", "/up/allowed//"]);
}
