//! What such a service says of itself, whoever it is read from.

/// Which product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Its contexts are projects, channels and package repositories.
    Space,
    /// Its contexts are namespaces.
    CodeCanvas,
}

impl Family {
    /// The one whose services are of this kind.
    pub fn of_kind(kind: &str) -> Option<Self> {
        [Self::Space, Self::CodeCanvas].into_iter().find(|family| family.kind() == kind)
    }

    /// As `--kind` takes it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Space => "space",
            Self::CodeCanvas => "codecanvas",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Space => "JetBrains Space",
            Self::CodeCanvas => "JetBrains CodeCanvas",
        }
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Space => {
                "The HTTP API of JetBrains Space. What it knows of its own endpoints and permissions is read from it with each check."
            }
            Self::CodeCanvas => {
                "The HTTP API of JetBrains CodeCanvas. Its endpoints, permissions and namespaces are read from it with each check; until then little of it is known."
            }
        }
    }
}

/// Where a right can be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Everywhere.
    Global,
    /// In one project, which `CodeCanvas` calls a namespace.
    Project,
    /// In one channel.
    Channel,
    /// In one package repository.
    PackageRepository,
}

impl Place {
    pub(super) const ALL: [Self; 4] = [Self::Global, Self::Project, Self::Channel, Self::PackageRepository];

    /// As a grant names this kind of context; none for the whole service.
    pub const fn kind(self, family: Family) -> Option<&'static str> {
        match (self, family) {
            (Self::Global, _) => None,
            (Self::Project, Family::Space) => Some("project"),
            (Self::Project, Family::CodeCanvas) => Some("namespace"),
            (Self::Channel, _) => Some("channel"),
            (Self::PackageRepository, _) => Some("package-repository"),
        }
    }

    pub(super) const fn title(self, family: Family) -> &'static str {
        match (self, family) {
            (Self::Global, _) => "Global",
            (Self::Project, Family::Space) => "Project",
            (Self::Project, Family::CodeCanvas) => "Namespace",
            (Self::Channel, _) => "Channel",
            (Self::PackageRepository, _) => "Package repository",
        }
    }
}

/// A right, which is a permission here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// As endpoints and scope strings name it.
    pub code: String,
    /// For people.
    pub title: String,
    /// Heading.
    pub group: String,
    /// For people; may be empty.
    pub description: String,
    /// Where the service grants it.
    pub places: Vec<Place>,
    /// Codes of what comes with it.
    pub implies: Vec<String>,
}

/// One method of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// HTTP method.
    pub method: String,
    /// From the server's root, with its parameters in braces: `/api/http/projects/{project}`.
    pub path: String,
    /// Codes of the rights that it checks.
    pub rights: Vec<String>,
}

/// What such a service says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// In the order in which they are to be listed.
    pub rights: Vec<Right>,
    /// In any order.
    pub endpoints: Vec<Endpoint>,
}
