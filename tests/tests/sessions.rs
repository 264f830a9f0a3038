//! Logins: passwords, sessions that rotate, and the commands that make accounts and tokens.
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::{Answer, Desk, Person, Response, for_each_database, subject};

const PASSWORD: &str = "correct horse battery staple";

fn create_admin(desk: &Desk, email: &str) {
    let arguments = ["admin", "create", "--email", email, "--name", "Ada Min", "--password-stdin"];
    let ended = run(desk.server.command(&arguments), &format!("{PASSWORD}\n"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.stdout.contains(PASSWORD) && !ended.stderr.contains(PASSWORD), "{ended:?}");
}

fn login(desk: &Desk, email: &str, password: &str) -> Response {
    desk.nobody().post("/auth/login", &json!({ "email": email, "password": password }))
}

fn refresh(desk: &Desk, session: &Value) -> Response {
    desk.nobody().post("/auth/refresh", &json!({ "refreshToken": session["refreshToken"] }))
}

/// Whoever a session is of.
fn person(desk: &Desk, session: &Value) -> Person {
    let token = session["accessToken"].as_str().unwrap();
    Person { id: session["user"]["id"].as_str().unwrap().to_owned(), http: desk.http().with_token(token) }
}

#[track_caller]
fn assert_session(session: &Value, role: &str, email: &str) {
    assert!(session["accessToken"].as_str().is_some_and(|token| token.split('.').count() == 3), "{session}");
    assert!(session["refreshToken"].as_str().is_some_and(|token| token.len() >= 32), "{session}");
    assert!(session["expiresIn"].as_u64().is_some_and(|seconds| seconds > 0), "{session}");
    assert_eq!(
        (&session["user"]["role"], &session["user"]["email"]),
        (&json!(role), &json!(email)),
        "{session}"
    );
    assert!(!session.to_string().to_lowercase().contains("argon"), "{session}");
}

for_each_database!(an_administrator_logs_in, |desk: &mut Desk| {
    create_admin(desk, "ada@desk.example");
    let session = login(desk, "ada@desk.example", PASSWORD).is(200);
    assert_session(&session, "admin", "ada@desk.example");
    let ada = person(desk, &session);
    let me = ada.get("/auth/me").is(200);
    assert_eq!(me, session["user"]);
    assert_eq!((&me["id"], &me["name"]), (&json!(ada.id), &json!("Ada Min")));
    ada.get("/support/agents").is(200);
    // An address is the same in any letter case.
    login(desk, "ADA@Desk.Example", PASSWORD).is(200);

    // The address is taken, and the program says so in a line.
    let arguments = ["admin", "create", "--email", "ada@desk.example", "--name", "Other", "--password-stdin"];
    let again = run(desk.server.command(&arguments), PASSWORD);
    assert_ne!(again.code, Some(0), "{again:?}");
    assert_eq!(again.stderr.lines().count(), 1, "{again:?}");
    // Nothing that is no password or no address makes an account.
    for (email, password) in
        [("grace@desk.example", ""), ("grace@desk.example", "short"), ("grace", PASSWORD)]
    {
        let arguments = ["admin", "create", "--email", email, "--name", "Grace", "--password-stdin"];
        let ended = run(desk.server.command(&arguments), password);
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{email} {password}: {ended:?}");
    }
    let log = desk.server.log();
    for secret in [PASSWORD, "ada@desk.example", "Ada Min", session["accessToken"].as_str().unwrap()] {
        assert!(!log.contains(secret), "{secret} was logged");
    }
});

for_each_database!(a_wrong_login_tells_nothing, |desk: &mut Desk| {
    create_admin(desk, "ada@desk.example");
    desk.department("Loans", 1, &[]);
    // An agent without a password cannot log in.
    desk.hire("Lou", "Loans", 1);
    let answers: Vec<Value> = [
        ("ada@desk.example", "wrong horse battery staple"),
        ("ada@desk.example", ""),
        ("ada@desk.example", " correct horse battery staple"),
        ("nobody@desk.example", PASSWORD),
        ("lou@desk.example", PASSWORD),
        ("lou@desk.example", ""),
    ]
    .into_iter()
    .map(|(email, password)| {
        let answer = login(desk, email, password);
        let mut problem = answer.problem_of(401);
        assert!(answer.header("www-authenticate").is_some(), "a 401 says how: {answer:?}");
        problem.as_object_mut().unwrap().remove("requestId");
        problem
    })
    .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");

    let nobody = desk.nobody();
    for body in
        [json!({}), json!({ "email": "ada@desk.example" }), json!({ "email": 1, "password": PASSWORD })]
    {
        nobody.post("/auth/login", &body).problem_of(422);
    }
    let more = json!({ "email": "ada@desk.example", "password": PASSWORD, "role": "admin" });
    nobody.post("/auth/login", &more).problem_of(422);
});

for_each_database!(refresh_tokens_rotate, |desk: &mut Desk| {
    create_admin(desk, "ada@desk.example");
    let first = login(desk, "ada@desk.example", PASSWORD).is(200);
    let other = login(desk, "ada@desk.example", PASSWORD).is(200);
    assert_ne!(first["refreshToken"], other["refreshToken"]);

    let second = refresh(desk, &first).is(200);
    assert_session(&second, "admin", "ada@desk.example");
    assert_eq!(second["user"], first["user"]);
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    person(desk, &second).get("/auth/me").is(200);
    let third = refresh(desk, &second).is(200);

    // A refresh token is used once: whoever uses it again has stolen it, or it was stolen from them.
    refresh(desk, &first).problem_of(401);
    refresh(desk, &third).problem_of(401);
    refresh(desk, &second).problem_of(401);
    // The other login is another family.
    let other = refresh(desk, &other).is(200);
    // What is no refresh token at all.
    refresh(desk, &json!({ "refreshToken": "nonsense" })).problem_of(401);
    refresh(desk, &json!({ "refreshToken": other["accessToken"].as_str().unwrap().get(..200) }))
        .problem_of(401);
    refresh(desk, &json!({})).problem_of(422);
    // A refresh token is no access token.
    let http = desk.http().with_token(other["refreshToken"].as_str().unwrap());
    Person { id: String::new(), http }.get("/auth/me").problem_of(401);
    refresh(desk, &other).is(200);
});

for_each_database!(only_one_of_many_refreshes_wins, |desk: &mut Desk| {
    create_admin(desk, "ada@desk.example");
    let session = login(desk, "ada@desk.example", PASSWORD).is(200);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let refreshes: Vec<_> = (0..4).map(|_| scope.spawn(|| refresh(desk, &session).status)).collect();
        refreshes.into_iter().map(|refresh| refresh.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
});

for_each_database!(logging_out_ends_the_session, |desk: &mut Desk| {
    create_admin(desk, "ada@desk.example");
    let session = login(desk, "ada@desk.example", PASSWORD).is(200);
    let other = login(desk, "ada@desk.example", PASSWORD).is(200);
    let logout = || {
        let body = json!({ "refreshToken": session["refreshToken"] });
        person(desk, &session).post("/auth/logout", &body)
    };
    let answer = logout();
    assert!((200..300).contains(&answer.status), "{answer:?}");
    refresh(desk, &session).problem_of(401);
    // Once more changes nothing, and is no failure.
    assert_eq!(logout().status, answer.status);
    refresh(desk, &other).is(200);
});

for_each_database!(an_agent_with_a_password_logs_in, |desk: &mut Desk| {
    desk.department("Loans", 1, &["loan"]);
    let lou = desk.hire_with("Lou", "Loans", 1, json!({ "password": PASSWORD }));
    let session = login(desk, "lou@desk.example", PASSWORD).is(200);
    assert_session(&session, "agent", "lou@desk.example");
    assert_eq!(session["user"]["id"], lou.id, "an agent's `sub` is the agent's id");
    let lou = person(desk, &session);
    let ticket = desk.open(&desk.customer(1), "loan");
    lou.get(&format!("/support/tickets/{ticket}")).problem_of(404);
    desk.assign(&ticket, &lou);
    lou.get(&format!("/support/tickets/{ticket}")).is(200);
    lou.post(&format!("/support/tickets/{ticket}/messages"), &json!({ "message": "Hello." })).is(201);

    let admin = desk.admin();
    let body = |password: &str| json!({ "name": "Max", "email": "max@desk.example", "department": "Loans", "password": password });
    admin.post("/support/agents", &body("short")).problem_of(422);
    let max = admin.post("/support/agents", &body(PASSWORD)).is(201);
    assert!(max.get("password").is_none(), "{max}");
    assert!(!desk.agent_now(&lou).to_string().contains("assword"), "{max}");
    assert_eq!(admin.get("/support/agents").is(200).to_string().matches("assword").count(), 0);
});

for_each_database!(a_minted_token_works, |desk: &mut Desk| {
    let mint = |arguments: &[&str]| {
        let ended = run(desk.server.command(&[&["token", "mint"], arguments].concat()), "");
        assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 1), "{ended:?}");
        Person { id: String::new(), http: desk.http().with_token(ended.stdout.trim()) }
    };
    mint(&["--role", "admin"]).get("/support/agents").is(200);
    let id = subject(7);
    let zoe = mint(&[
        "--role",
        "customer",
        "--sub",
        &id,
        "--name",
        "Zoe",
        "--email",
        "zoe@example.com",
        "--ttl",
        "5m",
    ]);
    let me = zoe.get("/auth/me").is(200);
    let told = [&me["id"], &me["role"], &me["name"], &me["email"]];
    assert_eq!(told, [&json!(id), &json!("customer"), &json!("Zoe"), &json!("zoe@example.com")]);
    let ticket = desk.open_with(&zoe, json!({}));
    let whose = [&ticket["customerId"], &ticket["customerName"], &ticket["customerEmail"]];
    assert_eq!(whose, [&json!(id), &json!("Zoe"), &json!("zoe@example.com")]);
    zoe.get("/support/agents").problem_of(403);

    for wrong in [
        &["--role", "root"][..],
        &["--role", "admin", "--sub", "someone"],
        &["--role", "admin", "--ttl", "soon"],
        &["--role", "admin", "--ttl", "-1h"],
        &["--role", "admin", "--email", "nowhere"],
        &[],
    ] {
        let ended = run(desk.server.command(&[&["token", "mint"], wrong].concat()), "");
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{wrong:?}: {ended:?}");
        assert!(!ended.stderr.is_empty() && !ended.stderr.contains("panicked"), "{ended:?}");
    }
});
