use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
};

const PACKAGE: &str = "valetkey-catalogkit";

/// Runs the program that makes definitions; it is a crate of its own, since it reads JSON.
pub(crate) fn command(repo: &Repo, options: &[&str]) -> Result<()> {
    let cargo = |words: &[&str]| Program::cargo().args(words).within(repo.root());
    let kit = ["run", "--quiet", "--locked", "--package", PACKAGE, "--"];
    match options {
        [] => cargo(&kit).args([repo.root()]).run(),
        ["--check"] => {
            cargo(&kit).args(["--check"]).args([repo.root()]).run()?;
            cargo(&["test", "--locked", "--package", PACKAGE, "--test", "catalogkit"]).run()
        }
        [unknown, ..] => Err(Error::Usage(format!("“{unknown}” is not an option of catalog."))),
    }
}
