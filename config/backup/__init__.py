"""Backups of database and files that belong together, and the way back from them.

``taking`` makes one, ``checking`` looks whether it is whole, ``restoring`` puts it back. ``postgresql`` and
``sqlite`` know their database, ``files`` what rows name, ``shelf`` the folder of all backups.
"""
