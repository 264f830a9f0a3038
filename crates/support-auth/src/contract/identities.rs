//! Identities.

use support_domain::error::{Entity, StoreError};
use support_domain::id::UserId;

use super::sample::{admin_id, agent_id, at};
use super::scene::Scene;
use crate::identity::{ExternalId, Identity};

const ISSUER: &str = "https://id.example.com";

pub(super) fn an_identity_comes_back(scene: &Scene) {
    scene.seed();
    let longest = ExternalId::new(&"i".repeat(ExternalId::MAX_ISSUER), &"s".repeat(ExternalId::MAX_SUBJECT));
    let longest = Identity { external: longest.expect("it fits"), ..identity("x", agent_id(1)) };
    add(scene, &identity("Ada", admin_id()));
    add(scene, &longest);
    assert_eq!(find(scene, &external("Ada")), Some(identity("Ada", admin_id())));
    assert_eq!(find(scene, &longest.external), Some(longest.clone()));
    assert_eq!(find(scene, &external("ada")), None, "letter case counts");
    let elsewhere = ExternalId::new("https://id.example.org", "Ada").expect("it fits");
    assert_eq!(find(scene, &elsewhere), None);
}

pub(super) fn somebody_at_an_issuer_is_one_user_and_a_user_one_of_them(scene: &Scene) {
    scene.seed();
    add(scene, &identity("ada", admin_id()));
    let conflict = |field| StoreError::Conflict { entity: Entity::Identity, field };
    let refusal = |identity: Identity| scene.refusal(move |tx| tx.identities().insert(&identity));
    assert_eq!(refusal(identity("ada", agent_id(1))), conflict("subject"));
    assert_eq!(refusal(identity("eve", admin_id())), conflict("user_id"));
    let elsewhere = ExternalId::new("https://id.example.org", "ada").expect("it fits");
    add(scene, &Identity { external: elsewhere.clone(), ..identity("ada", admin_id()) });
    add(scene, &identity("lou", agent_id(1)));

    assert_eq!(scene.write(|tx| tx.identities().delete_all(admin_id())), 2);
    assert_eq!(scene.write(|tx| tx.identities().delete_all(admin_id())), 0);
    assert_eq!([find(scene, &external("ada")), find(scene, &elsewhere)], [None, None]);
    assert_eq!(find(scene, &external("lou")), Some(identity("lou", agent_id(1))));
    add(scene, &identity("eve", admin_id()));
}

fn external(subject: &str) -> ExternalId {
    ExternalId::new(ISSUER, subject).expect("it fits")
}

fn identity(subject: &str, user_id: UserId) -> Identity {
    Identity { external: external(subject), user_id, linked_at: at(5) }
}

fn add(scene: &Scene, identity: &Identity) {
    let identity = identity.clone();
    scene.write(move |tx| tx.identities().insert(&identity));
}

fn find(scene: &Scene, external: &ExternalId) -> Option<Identity> {
    let external = external.clone();
    scene.read(move |tx| tx.identities().find(&external))
}
