//! The second factor of staff, with an authenticator app of another maker (pyotp).
#![cfg(test)]

use serde_json::{Value, json};
use support_tests::program::run;
use support_tests::script::python;
use support_tests::{Answer, Desk, Person, Response, for_each_database, subject};

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "lou@desk.example";

/// Somebody's device, after it has read the QR code.
struct Device {
    secret: Value,
    uri: Value,
}

impl Device {
    fn of(enrolment: &Value) -> Self {
        Self { secret: enrolment["secret"].clone(), uri: enrolment["uri"].clone() }
    }

    /// The code that it shows `steps` of 30 seconds from now.
    fn code(&self, steps: i64) -> String {
        let argument = json!({ "secret": self.secret, "uri": self.uri, "account": EMAIL, "steps": steps });
        let ended = run(python("totp.py", &argument), "");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.stdout.trim().to_owned()
    }
}

/// A code that is not the one of any step around now.
fn wrong_code(device: &Device) -> String {
    let near: Vec<String> = (-2..=2).map(|steps| device.code(steps)).collect();
    (0..10).map(|digit| digit.to_string().repeat(6)).find(|code| !near.contains(code)).unwrap()
}

fn hire(desk: &Desk) -> Person {
    desk.department("Loans", 1, &[]);
    desk.hire_with("Lou", "Loans", 1, json!({ "password": PASSWORD }))
}

fn login(desk: &Desk, code: Option<&str>) -> Response {
    let mut body = json!({ "email": EMAIL, "password": PASSWORD });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    desk.nobody().post("/auth/login", &body)
}

fn refresh(desk: &Desk, session: &Value) -> Response {
    desk.nobody().post("/auth/refresh", &json!({ "refreshToken": session["refreshToken"] }))
}

fn remove(person: &Person, password: &str, code: &str) -> Response {
    let body = json!({ "password": password, "code": code });
    person.send("DELETE", "/auth/totp", |request| request.json(&body))
}

/// Enrols Lou's device and turns the factor on; answers the device and the recovery codes.
fn turn_on(lou: &Person) -> (Device, Vec<String>) {
    let device = Device::of(&lou.post("/auth/totp", &json!({ "password": PASSWORD })).is(201));
    let confirmed = lou.post("/auth/totp/confirm", &json!({ "code": device.code(0) })).is(200);
    let codes: Vec<String> = serde_json::from_value(confirmed["recoveryCodes"].clone()).unwrap();
    assert_eq!(codes.len(), 10, "{confirmed}");
    (device, codes)
}

for_each_database!(a_device_is_enrolled_and_asked_for, |desk: &mut Desk| {
    let lou = hire(desk);
    let status = |active: bool, left: u32| {
        let expected = json!({ "active": active, "recoveryCodesLeft": left });
        assert_eq!(lou.get("/auth/totp").is(200), expected);
    };
    status(false, 0);
    // A token alone is not enough, and without a secret there is nothing to confirm.
    lou.post("/auth/totp", &json!({ "password": "wrong horse" })).refused(403, "wrong_password");
    lou.post("/auth/totp/confirm", &json!({ "code": "123456" })).refused(409, "no_second_factor");
    let replaced = Device::of(&lou.post("/auth/totp", &json!({ "password": PASSWORD })).is(201));
    let device = Device::of(&lou.post("/auth/totp", &json!({ "password": PASSWORD })).is(201));
    assert_ne!(replaced.secret, device.secret);

    // Nobody is asked for it before it is confirmed.
    let (kept, other) = (login(desk, None).is(200), login(desk, Some("123456")).is(200));
    status(false, 0);
    let confirm = |code: &str| {
        lou.post("/auth/totp/confirm", &json!({ "code": code, "refreshToken": kept["refreshToken"] }))
    };
    confirm(&wrong_code(&device)).refused(403, "wrong_code");
    confirm(&replaced.code(0)).refused(403, "wrong_code");
    confirm("ABCD-EFGH-IJKL-MNOP").refused(403, "wrong_code");
    let confirming = device.code(0);
    confirm(&confirming).is(200);
    status(true, 10);
    confirm(&device.code(1)).refused(409, "second_factor_active");
    lou.post("/auth/totp", &json!({ "password": PASSWORD })).refused(409, "second_factor_active");
    refresh(desk, &other).refused(401, "invalid_session");
    refresh(desk, &kept).is(200);

    let bare = login(desk, None);
    bare.refused(401, "second_factor_required");
    assert_eq!(bare.must_have("www-authenticate"), "Bearer");
    login(desk, Some(&wrong_code(&device))).refused(401, "invalid_code");
    login(desk, Some("")).refused(401, "invalid_code");
    login(desk, Some(&confirming)).refused(401, "invalid_code");
    // A wrong password is told as ever, whatever the code.
    let body = json!({ "email": EMAIL, "password": "wrong horse", "code": device.code(1) });
    desk.nobody().post("/auth/login", &body).refused(401, "invalid_credentials");
    let next = device.code(1);
    let session = login(desk, Some(&format!("{} {}", &next[..3], &next[3..]))).is(200);
    assert_eq!(session["user"]["email"], EMAIL);
    login(desk, Some(&next)).refused(401, "invalid_code");
    login(desk, Some(&"1".repeat(65))).problem_of(422);

    let log = desk.server.log();
    for secret in [device.secret.as_str().unwrap(), &next, EMAIL] {
        assert!(!log.contains(secret), "{secret} was logged");
    }
});

for_each_database!(recovery_codes_stand_in_once, |desk: &mut Desk| {
    let lou = hire(desk);
    let (device, codes) = turn_on(&lou);
    login(desk, Some(&codes[0])).is(200);
    login(desk, Some(&codes[0])).refused(401, "invalid_code");
    login(desk, Some(&codes[1].to_lowercase().replace('-', ""))).is(200);
    assert_eq!(lou.get("/auth/totp").is(200)["recoveryCodesLeft"], 8);

    remove(&lou, "wrong horse", &codes[2]).refused(403, "wrong_password");
    remove(&lou, PASSWORD, &codes[1]).refused(403, "wrong_code");
    remove(&lou, PASSWORD, &wrong_code(&device)).refused(403, "wrong_code");
    login(desk, None).refused(401, "second_factor_required");
    remove(&lou, PASSWORD, &codes[2]).is(204);
    login(desk, None).is(200);
    remove(&lou, PASSWORD, &codes[3]).refused(409, "no_second_factor");

    // Another factor has other codes.
    let (device, _) = turn_on(&lou);
    login(desk, Some(&codes[4])).refused(401, "invalid_code");
    remove(&lou, PASSWORD, &device.code(1)).is(204);
});

for_each_database!(a_code_lets_one_of_many_in, |desk: &mut Desk| {
    let (device, codes) = turn_on(&hire(desk));
    for code in [device.code(1), codes[0].clone()] {
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let logins: Vec<_> = (0..4).map(|_| scope.spawn(|| login(desk, Some(&code)).status)).collect();
            logins.into_iter().map(|login| login.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
});

for_each_database!(a_lost_device_is_reset, |desk: &mut Desk| {
    let lou = hire(desk);
    let path = format!("/support/agents/{}/totp", lou.id);
    let reset = |by: &Person, path: &str| by.send("DELETE", path, |request| request);
    reset(&desk.admin(), &path).refused(409, "no_second_factor");
    let (_, codes) = turn_on(&lou);
    let session = login(desk, Some(&codes[0])).is(200);
    reset(&lou, &path).problem_of(403);
    reset(&desk.customer(1), &path).problem_of(403);
    reset(&desk.nobody(), &path).problem_of(401);
    let own = format!("/support/agents/{}/totp", subject(0));
    reset(&desk.admin(), &own).problem_of(403);
    reset(&desk.admin(), "/support/agents/nonsense/totp").problem_of(404);
    reset(&desk.admin(), &format!("/support/agents/{}/totp", subject(99))).problem_of(404);
    login(desk, None).refused(401, "second_factor_required");
    reset(&desk.admin(), &path).is(204);
    refresh(desk, &session).refused(401, "invalid_session");
    login(desk, None).is(200);

    // The last administrator has the command line.
    turn_on(&lou);
    let command = |email: &str| run(desk.server.command(&["admin", "reset-totp", "--email", email]), "");
    let ended = command("nobody@desk.example");
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{ended:?}");
    assert_eq!(command(EMAIL).code, Some(0));
    login(desk, None).is(200);
    let ended = command(EMAIL);
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{ended:?}");
});
