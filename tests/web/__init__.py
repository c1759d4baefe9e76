"""The pages and the API, asked the way browsers and programs ask."""
