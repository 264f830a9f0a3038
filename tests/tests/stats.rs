//! Figures: their shape, and whether they add up.
#![cfg(test)]

use serde_json::{Map, Value, json};
use support_tests::{Answer, Desk, for_each_database, text};

fn nonzero(counts: &Value) -> Value {
    let counts = counts.as_object().unwrap();
    let kept = counts.iter().filter(|(_, count)| **count != 0);
    Value::Object(kept.map(|(name, count)| (name.clone(), count.clone())).collect::<Map<_, _>>())
}

/// Seconds between two times of the same day of the test run, both RFC 3339 in UTC with milliseconds.
fn seconds_between(from: &Value, to: &Value) -> f64 {
    let of = |value: &Value| {
        let text = value.as_str().unwrap();
        let part = |range: std::ops::Range<usize>| text[range].parse::<f64>().unwrap();
        part(11..13) * 3600.0 + part(14..16) * 60.0 + part(17..23)
    };
    // Past midnight the day has wrapped around.
    (of(to) - of(from)).rem_euclid(86_400.0)
}

fn mean(values: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a handful of values")]
    let count = values.len() as f64;
    values.iter().sum::<f64>() / count
}

#[track_caller]
fn assert_close(figure: &Value, expected: f64) {
    // What is shown of a time is cut to milliseconds.
    assert!((figure.as_f64().unwrap() - expected).abs() < 0.01, "{figure} should be {expected}");
}

/// Checks count, mean and percentiles of durations.
#[track_caller]
fn assert_durations(told: &Value, mut seconds: Vec<f64>) {
    assert_eq!(told["count"], seconds.len(), "{told}");
    seconds.sort_by(f64::total_cmp);
    assert_close(&told["meanSeconds"], mean(&seconds));
    let (median, p90) = (told["p50Seconds"].as_f64().unwrap(), told["p90Seconds"].as_f64().unwrap());
    let (least, most) = (seconds[0] - 0.01, seconds[seconds.len() - 1] + 0.01);
    assert!(least <= median && median <= p90 && p90 <= most, "{told} of {seconds:?}");
}

for_each_database!(an_empty_desk_has_figures, |desk: &mut Desk| {
    let stats = desk.admin().get("/support/tickets/stats").is(200);
    assert_eq!(stats["total"], 0);
    for counts in ["byStatus", "byPriority", "byCategory", "byDepartment"] {
        assert_eq!(nonzero(&stats[counts]), json!({}), "{counts}");
    }
    for durations in ["firstResponse", "resolution"] {
        let told = &stats[durations];
        let figures = [&told["count"], &told["meanSeconds"], &told["p50Seconds"], &told["p90Seconds"]];
        assert_eq!(figures, [&json!(0), &Value::Null, &Value::Null, &Value::Null], "{stats}");
    }
    for list in ["daily", "agents", "departments"] {
        assert_eq!(stats[list], json!([]), "{list}");
    }
});

for_each_database!(figures_add_up, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    desk.department("Loans", 1, &["loan"]);
    let (lou, max) = (desk.hire("Lou", "Technical Support", 1), desk.hire("Max", "Loans", 2));
    let customer = desk.customer(1);
    let open = |category: &str, priority: &str| {
        text(&desk.open_with(&customer, json!({ "category": category, "priority": priority }))["id"])
    };
    let tickets = [
        open("technical", "low"),
        open("technical", "high"),
        open("loan", "high"),
        open("general", "urgent"),
    ];
    let path = |n: usize| format!("/support/tickets/{}", tickets[n]);
    desk.assign(&tickets[0], &lou);
    desk.assign(&tickets[1], &lou);
    desk.assign(&tickets[2], &max);
    for (n, agent) in [(0, &lou), (2, &max)] {
        agent.post(&format!("{}/messages", path(n)), &json!({ "message": "Soon." })).is(201);
        desk.resolve(agent, &tickets[n]);
    }
    customer.patch(&path(2), &json!({ "status": "closed" })).is(200);
    // A second answer is not the first one.
    lou.post(&format!("{}/messages", path(0)), &json!({ "message": "Done." })).is(201);

    let stats = desk.admin().get("/support/tickets/stats").is(200);
    let expected = json!({
        "byStatus": { "open": 1, "in-progress": 1, "resolved": 1, "closed": 1 },
        "byPriority": { "low": 1, "high": 2, "urgent": 1 },
        "byCategory": { "technical": 2, "loan": 1, "general": 1 },
    });
    assert_eq!(stats["total"], 4);
    for (member, counts) in expected.as_object().unwrap() {
        assert_eq!(&nonzero(&stats[member]), counts, "{member}");
    }
    let by_department = &stats["byDepartment"];
    assert_eq!((&by_department["Technical Support"], &by_department["Loans"]), (&json!(2), &json!(1)));

    let all: Vec<Value> = tickets.iter().map(|id| desk.ticket(id)).collect();
    let durations = |member: &str| -> Vec<f64> {
        let over = all.iter().filter(|ticket| ticket[member].is_string());
        over.map(|ticket| seconds_between(&ticket["createdAt"], &ticket[member])).collect()
    };
    assert_eq!((durations("firstResponseAt").len(), durations("resolvedAt").len()), (2, 2));
    assert_durations(&stats["firstResponse"], durations("firstResponseAt"));
    assert_durations(&stats["resolution"], durations("resolvedAt"));

    // Counted over all days, for a test may run past midnight.
    let daily = stats["daily"].as_array().unwrap();
    let sum = |member: &str| daily.iter().filter_map(|day| day[member].as_u64()).sum::<u64>();
    assert_eq!((sum("created"), sum("resolved")), (4, 2), "{stats}");
    let dates = support_tests::each(daily, "date");
    assert!(dates.is_sorted() && dates.contains(&text(&all[0]["createdAt"])[..10].to_owned()), "{dates:?}");

    let agents = stats["agents"].as_array().unwrap();
    let of = |agent: &support_tests::Person| {
        let line = agents.iter().find(|line| line["agentId"] == agent.id.as_str()).unwrap();
        assert!(line["name"].is_string() && line["meanResolutionSeconds"].is_f64(), "{line}");
        (line["handled"].as_u64().unwrap(), line["open"].as_u64().unwrap())
    };
    assert_eq!((of(&lou), of(&max), agents.len()), ((1, 1), (1, 0), 2));
    let departments = stats["departments"].as_array().unwrap();
    let line = |name: &str| departments.iter().find(|line| line["department"] == name).unwrap();
    let technical = line("Technical Support");
    assert_eq!((&technical["total"], &technical["resolved"]), (&json!(2), &json!(1)), "{stats}");
    assert_close(&technical["resolutionRate"], 0.5);
    assert_close(&line("Loans")["resolutionRate"], 1.0);

    // An agent's figures are over what they handle or handled.
    let own = lou.get("/support/tickets/stats").is(200);
    assert_eq!(
        (&own["total"], nonzero(&own["byStatus"])),
        (&json!(2), json!({ "in-progress": 1, "resolved": 1 }))
    );
    let names = own["agents"].as_array().unwrap().iter().map(|line| text(&line["agentId"]));
    assert_eq!(names.collect::<Vec<_>>(), [lou.id.as_str()], "not those of others");
});

for_each_database!(figures_of_a_period_and_a_department, |desk: &mut Desk| {
    desk.department("Technical Support", 1, &["technical"]);
    let lou = desk.hire("Lou", "Technical Support", 1);
    let customer = desk.customer(1);
    let first = desk.open(&customer, "technical");
    desk.assign(&first, &lou);
    desk.open(&customer, "loan");
    let admin = desk.admin();
    let total = |query: &str| admin.get(&format!("/support/tickets/stats?{query}")).is(200)["total"].clone();
    assert_eq!(total("department=technical%20support"), 1);
    assert_eq!(total("from=2020-01-01T00:00:00Z"), 2);
    assert_eq!(total("from=2100-01-01T00:00:00Z"), 0);
    assert_eq!(total("to=2020-01-01T00:00:00Z"), 0);
    assert_eq!(
        total("from=2020-01-01T00:00:00.000Z&to=2100-01-01T00:00:00%2B02:00&department=Technical+Support"),
        1
    );
    for wrong in ["from=yesterday", "to=1", "agent=x", "from="] {
        admin.get(&format!("/support/tickets/stats?{wrong}")).problem_of(422);
    }
});
