use valetkey_wire as wire;

/// The person at this machine: the name as set, or the OS account's full name, or its login.
pub(crate) fn owner(set: Option<&str>) -> wire::Owner {
    let name = set.map(str::to_owned).or_else(account).unwrap_or_else(|| "Owner".into());
    let initials = initials(&name);
    wire::Owner { name, initials }
}

fn account() -> Option<String> {
    let said = |name: whoami::Result<String>| name.ok().filter(|name| !name.trim().is_empty());
    said(whoami::realname()).or_else(|| said(whoami::username()))
}

/// First letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_first_and_last_word() {
        assert_eq!(initials("Grace Brewster Hopper"), "GH");
        assert_eq!(initials("root"), "R");
        assert_eq!(initials("  élan  "), "É");
    }

    #[test]
    fn a_name_that_was_set_wins() {
        assert_eq!(owner(Some("Ada Lovelace")).name, "Ada Lovelace");
        assert!(!owner(None).name.is_empty());
    }
}
