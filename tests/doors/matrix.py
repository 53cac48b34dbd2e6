"""Who sees and does what: written down by hand, so that a change of `data/access.py` is seen here by a reader.

Nobody but a test reads these tables. Each is a text with a line a page, or a route, or an act, and a column a role.
"""

ROLES = {
    "stranger": "nobody who has signed in",
    "off": "somebody whose access was switched off, formerly administrator",
    "guest": "somebody who has signed in and has no role",
    "member": "member of team Kestrel",
    "elsewhere": "member of team Osprey, in the same organisation",
    "lead": "team lead of team Kestrel",
    "leader": "leader of the organisation",
    "coach": "coach of the organisation",
    "admin": "administrator of the organisation",
    "other": "administrator of another organisation, with team Heron",
}

# What is shown at the address of a page:
#   in   the way to sign in              off  that the access is switched off    none  that there is no role yet
#   no   that the page is not theirs     y    the page
PAGES = """
              stranger off guest member elsewhere lead leader coach admin other
home          in       off none  y      y         y    y      y     y     y
overview      in       off none  y      y         y    y      y     y     y
delivery      in       off none  y      y         y    y      y     y     y
surveys       in       off none  y      y         y    y      y     y     y
session       in       off none  no     no        y    no     no    y     y
survey        in       off none  y      y         y    y      y     y     y
pains         in       off none  y      y         y    y      y     y     y
map           in       off none  y      y         y    y      y     y     y
practices     in       off none  y      y         y    y      y     y     y
assessments   in       off none  y      y         y    y      y     y     y
plan          in       off none  y      y         y    y      y     y     y
outcomes      in       off none  y      y         y    y      y     y     y
rule          in       off none  y      y         y    y      y     y     y
learn         in       off none  y      y         y    y      y     y     y
paths         in       off none  y      y         y    y      y     y     y
track         in       off none  y      y         y    y      y     y     y
module        in       off none  y      y         y    y      y     y     y
content       in       off none  no     no        y    no     y     y     y
proof         in       off none  y      y         y    y      y     y     y
reviews       in       off none  y      y         y    y      y     y     y
learning      in       off none  y      y         y    y      y     y     y
progress      in       off none  no     no        no   y      y     y     y
goals         in       off none  no     no        no   y      y     y     y
change        in       off none  no     no        no   y      y     y     y
reports       in       off none  y      y         y    y      y     y     y
worth         in       off none  no     no        no   y      y     y     y
teams         in       off none  no     no        y    no     no    y     y
github        in       off none  no     no        y    no     no    y     y
sources       in       off none  no     no        y    no     no    y     y
people        in       off none  no     no        no   no     no    y     y
programs      in       off none  no     no        y    no     no    y     y
verification  in       off none  no     no        no   no     no    y     y
audit         in       off none  no     no        no   no     no    y     y
keeping       in       off none  no     no        no   no     no    y     y
settings      in       off none  no     no        no   no     no    y     y
account       in       off none  y      y         y    y      y     y     y
"""

TITLES = {
    "in": "Sign in to Milepost",
    "off": "Your access is switched off",
    "none": "You have no role yet",
    "no": "No access",
}

# Whose names may come to the browser of somebody, whatever page and whatever address they ask for.
SEEN = """
              stranger off guest member elsewhere lead leader coach admin other
Kestrel       .        .   .     y      .         y    y      y     y     .
Osprey        .        .   .     .      y         .    y      y     y     .
Heron         .        .   .     .      .         .    .      .     .     y
"""

# What happens to somebody who calls it for team Kestrel or its organisation. y: it is done. .: refused.
ACTS = """
                                  off guest member elsewhere lead leader coach admin other
read the service                  .   .     y      .         y    y      y     y     .
read its sources                  .   .     y      .         y    y      y     y     .
list the pain points              .   .     y      .         y    y      y     y     .
list the maps                     .   .     y      .         y    y      y     y     .
list the surveys                  .   .     y      .         y    y      y     y     .
list the goals                    .   .     y      .         y    y      y     y     .
list the marks                    .   .     y      .         y    y      y     y     .
see where it stands               .   .     y      .         y    y      y     y     .
list the attempts                 .   .     y      .         y    .      y     y     .
see who has answered              .   .     .      .         y    .      .     y     .
correct a failure                 .   .     y      .         y    .      .     y     .
say a pain point                  .   .     y      .         y    .      .     y     .
vote on a pain point              .   .     y      .         y    .      .     y     .
draw a map                        .   .     y      .         y    .      .     y     .
rename a map                      .   .     y      .         y    .      .     y     .
mark what does not apply          .   .     .      .         y    .      .     y     .
take an assessment                .   .     .      .         y    .      .     y     .
choose a track                    .   .     .      .         y    .      .     y     .
note what was done                .   .     .      .         y    .      .     y     .
open a survey                     .   .     .      .         y    .      .     y     .
extend a survey                   .   .     .      .         y    .      .     y     .
cancel a survey                   .   .     .      .         y    .      .     y     .
make a service                    .   .     .      .         y    .      .     y     .
rename the service                .   .     .      .         y    .      .     y     .
move the service away             .   .     .      .         .    .      .     y     .
rename the team                   .   .     .      .         y    .      .     y     .
add a source                      .   .     .      .         y    .      .     y     .
remove a source                   .   .     .      .         y    .      .     y     .
switch a badge on                 .   .     .      .         y    .      .     y     .
open a place for webhooks         .   .     .      .         y    .      .     y     .
make a token of the service       .   .     .      .         y    .      .     y     .
make a token of everything        .   .     .      .         .    .      .     y     .
make a team                       .   .     .      .         .    .      .     y     .
merge the team into another       .   .     .      .         .    .      .     y     .
say what changes are worth        .   .     .      .         .    y      y     y     .
say what they are worth in a demo .   .     .      .         .    .      .     y     y
list the people                   .   .     .      .         .    .      .     y     .
give oneself a role               .   .     .      .         .    .      .     y     .
switch somebody off               .   .     .      .         .    .      .     y     .
end the sessions of others        .   .     .      .         .    .      .     y     .
list the verification workflows   .   .     .      .         .    .      .     y     .
trust a verification workflow     .   .     .      .         .    .      .     y     .
"""

# The status that a program gets. none: without a token; wrong: made up; ended: revoked, and expired; read, write: of
# the whole organisation with that scope; own: of a service of Kestrel's with every scope; other: of another
# organisation with every scope.
ROUTES = """
                                       none wrong ended read write own  other
GET    /healthz                        200  200   200   200  200   200  200
GET    /readyz                         200  200   200   200  200   200  200
GET    /api/v1/openapi.json            200  200   200   200  200   200  200
GET    /api/v1/services                401  401   401   200  403   200  200
GET    /api/v1/services/K/metrics      401  401   401   200  403   200  404
GET    /api/v1/services/O/metrics      401  401   401   200  403   404  404
GET    /api/v1/services/H/metrics      401  401   401   404  403   404  200
GET    /api/v1/services/K/cells        401  401   401   200  403   200  404
POST   /api/v1/deployments?service=K   401  401   401   403  200   200  404
POST   /api/v1/deployments?service=O   401  401   401   403  200   404  404
POST   /api/v1/deployments?service=H   401  401   401   403  404   404  200
POST   /api/v1/incidents?service=K     401  401   401   403  403   200  404
POST   /api/v1/changes?service=K       401  401   401   403  403   200  404
GET    /api/v1/nothing                 404  404   404   404  404   404  404
DELETE /api/v1/services                405  405   405   405  405   405  405
GET    /metrics                        401  401   401   200  403   403  200
GET    /badge/K.svg                    200  200   200   200  200   200  200
GET    /badge/nothing.svg              404  404   404   404  404   404  404
GET    /webhooks/github                405  405   405   405  405   405  405
POST   /webhooks/github                404  404   404   404  404   404  404
GET    /webhooks/pagerduty/nothing     405  405   405   405  405   405  405
GET    /webhooks/nothing               404  404   404   404  404   404  404
POST   /webhooks/pagerduty/nothing     404  404   404   404  404   404  404
"""


# The status that the browser of somebody gets for a report of a team or of one of the two organisations.
# What is not theirs is not there (404); what names a team that is not theirs is nowhere.
REPORTS = """
                                      stranger off guest member elsewhere lead leader coach admin other
/reports/team/K/2024-Q1.html          401      404 404   200    404       200  200    200   200   404
/reports/team/K/2024-Q1.pdf           401      404 404   200    404       200  200    200   200   404
/reports/team/K/2024-Q1.md            401      404 404   200    404       200  200    200   200   404
/reports/team/K/2024-Q1.csv           401      404 404   200    404       200  200    200   200   404
/reports/team/O/2024-Q1.csv           401      404 404   404    200       404  200    200   200   404
/reports/team/H/2024-Q1.html          401      404 404   404    404       404  404    404   404   200
/reports/organization/1/2024-Q1.html  401      404 404   404    404       404  200    200   200   404
/reports/organization/1/2024-Q1.csv   401      404 404   404    404       404  200    200   200   404
/reports/organization/2/2024-Q1.html  401      404 404   404    404       404  404    404   404   200
/reports/team/99/2024-Q1.html         401      404 404   404    404       404  404    404   404   404
/reports/unsubscribe/nothing          404      404 404   404    404       404  404    404   404   404
"""


def read(table: str) -> dict[str, dict[str, str]]:
    """The lines of a table: name -> role -> what stands there."""
    header, *lines = table.strip("\n").splitlines()
    roles = header.split()
    found = {}
    for line in lines:
        words = line.split()
        name, cells = " ".join(words[: -len(roles)]), words[-len(roles) :]
        found[name] = dict(zip(roles, cells, strict=True))
    return found
