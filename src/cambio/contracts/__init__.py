"""The frozen vocabulary that every room shares."""
