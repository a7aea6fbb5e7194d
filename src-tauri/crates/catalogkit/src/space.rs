//! JetBrains Space and `CodeCanvas`, as far as that is published; a running service tells more, by the same rules.
//!
//! The rules are those of [`valetkey_catalog::import::space`]. What is ours and not the source's is there, and here for `CodeCanvas`, whose
//! documentation has names of permissions and neither codes nor endpoints: an endpoint of Space belongs to it where each right that the
//! endpoint names is called the same in both ([`NAMED`]), is about dev environments (`Rd.`), or about personal tokens. Every other endpoint
//! of Space is closed.

use std::collections::BTreeMap;

use serde::Deserialize;
use valetkey_catalog::import::space::{Endpoint, Family, Model, Place, Right, document};

use crate::{About, Error};

/// What `CodeCanvas` calls a permission, and the code of what Space calls so.
const NAMED: [(&str, &str); 6] = [
    ("Superadmin", "Superadmin"),
    ("View applications", "Applications.View"),
    ("Delete applications", "Applications.Delete"),
    ("View applications secrets", "Applications.ViewSecrets"),
    ("Update applications", "Applications.Edit"),
    ("Create applications", "Applications.Create"),
];

/// Beginnings of codes that are about what `CodeCanvas` is for, or whose page its documentation has.
const BELONGING: [&str; 2] = ["Rd.", "Profile.PermanentTokens."];

/// What is published about Space and `CodeCanvas`.
#[derive(Clone, Debug, Deserialize)]
pub struct Space {
    /// Where it comes from.
    pub about: About,
    /// By code.
    pub permissions: BTreeMap<String, SpacePermission>,
    /// Method, path, codes of rights that may be checked.
    pub endpoints: Vec<(String, String, Vec<String>)>,
    /// Name and context of permissions of `CodeCanvas`.
    pub codecanvas: Vec<(String, String)>,
}

/// A right of Space.
#[derive(Clone, Debug, Deserialize)]
pub struct SpacePermission {
    /// For people.
    pub title: String,
    /// Heading.
    pub group: String,
    /// `global`, `project`, `channel`, `packageRepository`.
    pub contexts: Vec<String>,
    /// Codes of what comes with it.
    pub implies: Vec<String>,
}

impl Space {
    /// The source in `sources/`.
    pub fn read() -> Result<Self, Error> {
        Ok(serde_json::from_str(include_str!("../sources/space.json"))?)
    }
}

/// The definition of one of the two.
pub fn definition(source: &Space, family: Family) -> Result<String, Error> {
    let about = format!("{}; {}", source.about.source, source.about.version);
    let mut model = model(source)?;
    if family == Family::CodeCanvas {
        for (name, code) in NAMED {
            let right = model.rights.iter_mut().find(|right| right.code == code);
            right.ok_or_else(|| Error::Permission { name: code.into() })?.title = name.into();
        }
        for endpoint in &mut model.endpoints {
            if !endpoint.rights.iter().all(|code| belongs(code))
                && !endpoint.rights.iter().any(|code| code == "Superadmin")
            {
                endpoint.rights.clear();
            }
        }
    }
    Ok(document(family, &model, &about)?)
}

fn belongs(code: &str) -> bool {
    NAMED.iter().any(|(_, named)| *named == code)
        || BELONGING.iter().any(|beginning| code.starts_with(beginning))
}

fn model(source: &Space) -> Result<Model, Error> {
    let mut rights = Vec::with_capacity(source.permissions.len());
    for (code, permission) in &source.permissions {
        rights.push(Right {
            code: code.clone(),
            title: permission.title.clone(),
            group: permission.group.clone(),
            description: String::new(),
            places: permission.contexts.iter().map(|context| place(context)).collect::<Result<_, _>>()?,
            implies: permission.implies.clone(),
        });
    }
    rights.sort_by(|one, other| (&one.group, &one.title).cmp(&(&other.group, &other.title)));
    let endpoint = |(method, path, rights): &(String, String, Vec<String>)| Endpoint {
        method: method.clone(),
        path: path.clone(),
        rights: rights.clone(),
    };
    Ok(Model { rights, endpoints: source.endpoints.iter().map(endpoint).collect() })
}

fn place(context: &str) -> Result<Place, Error> {
    match context {
        "global" => Ok(Place::Global),
        "project" => Ok(Place::Project),
        "channel" => Ok(Place::Channel),
        "packageRepository" => Ok(Place::PackageRepository),
        _ => Err(Error::Context { name: context.into() }),
    }
}

/// What [`docs/catalog.md`](crate::made) says of them.
pub(crate) const NOTES: &str = "
## JetBrains Space and CodeCanvas

- A permission is the service's own code: `Project.Issues.View`. With each check, the service is asked for its endpoints, its permissions and
  what comes with them, and for what you have; the definition made of that is kept with the service, with its date. What ships is used until then, and where the service does not answer. A definition of your own is never replaced.
- What ships for `space` is what its published clients say: 818 endpoints, of which 492 name permissions. What ships for `codecanvas` is less: its
  documentation names permissions, and neither codes nor endpoints. Endpoints of Space are taken over where their permissions are called the same there (applications,
  `Superadmin`), and those about dev environments and personal tokens; no namespace can be chosen until the service has been read.
- Where an endpoint names several permissions, all are needed: the source does not say whether one would do. Beside `Superadmin`, permissions of a project
  or channel are alternatives for a target that no path names; there only `Superadmin` counts.
- An endpoint that names no permission (326 in Space) is unknown to limited access, since what it does depends on ownership, and the master credential owns everything.
  Open to any grant are the descriptions of the API (`/api/http/http-api-model`, `/api/http/permissions`); application passwords need the permissions whose names say that they are about them.
- A permission that no endpoint names is not offered, and none is offered in a context where no path could use it.
- A project or namespace is what the request calls it, `key:SITE` or `id:2k3`; a grant of one does not cover the other. Channels and package repositories are known by id.
  Where a path names a project and, by an id of its own, a thing in it, the service decides whether it looks for that thing in that project only.
- What you have is asked right by right: everywhere, over your own profile, and in each of the first 100 projects, with at most 1,000 questions. What was not asked for counts as
  not had. For single channels and package repositories nothing is asked: a grant there takes the right everywhere.
- Not there: git, packages and everything else outside `/api/http`, and what a right lets see of single fields.
";
